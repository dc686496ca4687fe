/** What the choice of an installation depends on, gathered by the caller so that the choice itself is pure. */
export type Machine = {
  platform: NodeJS.Platform;
  /** The text of /etc/os-release, empty where there is none. */
  osRelease: string;
  isRoot: boolean;
  hasCommand: (name: string) => boolean;
};

/** `automatic` installations are run by us; the others are one command that a person has to run. */
export type InstallationPlan =
  | { automatic: true; packages: string[]; command: string }
  | { automatic: false; command: string };

/** How to get a MariaDB server onto this machine. The core packages hold the server and start no system service. */
export function planServerInstallation(machine: Machine): InstallationPlan {
  const release = parseOsRelease(machine.osRelease);
  const family = [release['ID'] ?? '', ...(release['ID_LIKE'] ?? '').split(' ')];
  const isOneOf = (...names: string[]) => names.some((name) => family.includes(name));

  if (machine.platform === 'linux' && isOneOf('debian', 'ubuntu') && machine.hasCommand('apt-get')) {
    const unversionedCore = !(release['ID'] === 'ubuntu' && Number(release['VERSION_ID']) < 24);
    return planApt(
      machine,
      unversionedCore ? ['mariadb-server-core', 'mariadb-client-core'] : ['mariadb-server'],
    );
  }
  const sudo = machine.isRoot ? '' : 'sudo ';
  if (machine.platform === 'linux' && isOneOf('fedora', 'rhel', 'centos') && machine.hasCommand('dnf')) {
    return { automatic: false, command: `${sudo}dnf install -y mariadb-server` };
  }
  if (machine.platform === 'darwin' && machine.hasCommand('brew')) {
    return { automatic: false, command: 'brew install mariadb' };
  }
  return { automatic: false, command: 'docker compose up' };
}

/** The apt installation of some packages: run by us as root, a command with sudo for everybody else. */
export function planApt(machine: Pick<Machine, 'isRoot'>, packages: string[]): InstallationPlan {
  const install = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  return machine.isRoot
    ? { automatic: true, packages, command: `apt-get update && ${install}` }
    : { automatic: false, command: `sudo apt-get update && sudo ${install}` };
}

function parseOsRelease(text: string): Record<string, string> {
  const entries = text.split('\n').flatMap((line) => {
    const match = /^([A-Z_]+)=(.*)$/.exec(line.trim());
    return match?.[1] === undefined
      ? []
      : [[match[1], (match[2] ?? '').replace(/^["']|["']$/g, '')] as const];
  });
  return Object.fromEntries(entries);
}
