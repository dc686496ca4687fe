import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

/** Says something that was done, on the screen and to a screen reader. */
export const NoticeContext = createContext<(text: string) => void>(() => undefined);

export const useNotice = () => useContext(NoticeContext);
