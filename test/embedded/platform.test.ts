import { describe, expect, test } from 'bun:test';
import { install } from '../../src/embedded/install.ts';
import { type Machine, planServerInstallation } from '../../src/embedded/platform.ts';

const DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n';
const UBUNTU_24 = 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n';
const UBUNTU_22 = 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="22.04"\n';
const MINT = 'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="22"\n';
const FEDORA = 'ID=fedora\nVERSION_ID=43\n';
const ROCKY = 'ID="rocky"\nID_LIKE="rhel centos fedora"\n';

const machine = (osRelease: string, commands: string[], rest: Partial<Machine> = {}): Machine => ({
  platform: 'linux',
  osRelease,
  isRoot: false,
  hasCommand: (name) => commands.includes(name),
  ...rest,
});

const CORE = 'apt-get install -y --no-install-recommends mariadb-server-core mariadb-client-core';

describe('without a database server', () => {
  test('root on Debian installs the core packages', () => {
    expect(planServerInstallation(machine(DEBIAN, ['apt-get'], { isRoot: true }))).toEqual({
      automatic: true,
      packages: ['mariadb-server-core', 'mariadb-client-core'],
      command: `apt-get update && ${CORE}`,
    });
  });

  test.each([
    ['Debian', machine(DEBIAN, ['apt-get']), `sudo apt-get update && sudo ${CORE}`],
    ['Ubuntu 24.04', machine(UBUNTU_24, ['apt-get']), `sudo apt-get update && sudo ${CORE}`],
    [
      'Ubuntu 22.04',
      machine(UBUNTU_22, ['apt-get']),
      'sudo apt-get update && sudo apt-get install -y --no-install-recommends mariadb-server',
    ],
    ['Mint', machine(MINT, ['apt-get']), `sudo apt-get update && sudo ${CORE}`],
    ['Fedora', machine(FEDORA, ['dnf']), 'sudo dnf install -y mariadb-server'],
    ['Rocky as root', machine(ROCKY, ['dnf'], { isRoot: true }), 'dnf install -y mariadb-server'],
    ['macOS', machine('', ['brew'], { platform: 'darwin' }), 'brew install mariadb'],
    ['macOS without Homebrew', machine('', [], { platform: 'darwin' }), 'docker compose up'],
    ['another Linux', machine('ID=nixos\n', []), 'docker compose up'],
    ['Windows', machine('', [], { platform: 'win32' }), 'docker compose up'],
  ])('a person on %s gets one command', async (_name, on, command) => {
    const plan = planServerInstallation(on);
    expect(plan).toEqual({ automatic: false, command });
    const failure: unknown = await install(plan, 'A MariaDB or MySQL server', {
      warn: () => undefined,
    }).catch((error: unknown) => error);
    expect(String(failure)).toBe(
      `Error: A MariaDB or MySQL server is not installed on this machine. Install it with:\n\n    ${command}\n`,
    );
  });
});
