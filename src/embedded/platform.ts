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

type Names = { debian: string[]; fedora: string; macos: string };

/** How to get a MariaDB server onto this machine. The core packages hold the server and start no system service. */
export function planServerInstallation(machine: Machine): InstallationPlan {
  const release = parseOsRelease(machine.osRelease);
  // Before 24.04 Ubuntu's core packages carried the version in their names.
  const isOldUbuntu = release['ID'] === 'ubuntu' && Number(release['VERSION_ID']) < 24;
  return plan(
    machine,
    {
      debian: isOldUbuntu ? ['mariadb-server'] : ['mariadb-server-core', 'mariadb-client-core'],
      fedora: 'mariadb-server',
      macos: 'mariadb',
    },
    'docker compose up',
  );
}

/** How to get a program of one package, such as those the tests need. */
export function planPackage(machine: Machine, debian: string, elsewhere = debian): InstallationPlan {
  const names = { debian: [debian], fedora: elsewhere, macos: elsewhere };
  return plan(machine, names, `(this system's package manager) install ${elsewhere}`);
}

function plan(machine: Machine, names: Names, otherwise: string): InstallationPlan {
  const sudo = machine.isRoot ? '' : 'sudo ';
  const system = systemOf(machine);
  if (system === 'debian') {
    const install = `apt-get install -y --no-install-recommends ${names.debian.join(' ')}`;
    const command = `${sudo}apt-get update && ${sudo}${install}`;
    return machine.isRoot
      ? { automatic: true, packages: names.debian, command }
      : { automatic: false, command };
  }
  const commands = {
    fedora: `${sudo}dnf install -y ${names.fedora}`,
    macos: `brew install ${names.macos}`,
    other: otherwise,
  };
  return { automatic: false, command: commands[system] };
}

function systemOf(machine: Machine): 'debian' | 'fedora' | 'macos' | 'other' {
  const release = parseOsRelease(machine.osRelease);
  const family = [release['ID'] ?? '', ...(release['ID_LIKE'] ?? '').split(' ')];
  const isOneOf = (...names: string[]) => names.some((name) => family.includes(name));
  const { platform, hasCommand } = machine;
  if (platform === 'linux' && isOneOf('debian', 'ubuntu') && hasCommand('apt-get')) return 'debian';
  if (platform === 'linux' && isOneOf('fedora', 'rhel', 'centos') && hasCommand('dnf')) return 'fedora';
  if (platform === 'darwin' && hasCommand('brew')) return 'macos';
  return 'other';
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
