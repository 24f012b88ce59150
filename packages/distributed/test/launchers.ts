import { spawnSync } from 'node:child_process';

/** What starts the ranks: Debian's names let both be there. */
export type Launcher = 'openmpi' | 'mpich';

export const launchers: readonly Launcher[] = ['openmpi', 'mpich'];

/** Why ranks cannot be started by it here. */
export function missingLauncher(launcher: Launcher): string | undefined {
  if (!spawnSync(programOf(launcher), ['--version']).error) return undefined;
  return `there is no ${programOf(launcher)} (Debian: ${launcher === 'openmpi' ? 'openmpi-bin' : 'mpich'})`;
}

/** A command on ranks of several hosts, whose ranks never talk by shared memory. */
export function overHosts(
  launcher: Launcher,
  job: { hostfile: string; agent: string; ranks: number; command: readonly string[] },
): { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> } {
  const ranks = ['-np', `${job.ranks}`, ...job.command];
  if (launcher === 'mpich') {
    const agent = ['-launcher', 'rsh', '-launcher-exec', job.agent];
    // Debian's is built on UCX.
    return {
      args: [programOf(launcher), '-f', job.hostfile, ...agent, ...ranks],
      env: { UCX_TLS: 'tcp,self', UCX_NET_DEVICES: 'eth0', MPIR_CVAR_NOLOCAL: '1' },
    };
  }
  const transport = ['--mca', 'btl', 'tcp,self', '--mca', 'btl_tcp_if_include', 'eth0'];
  // Both hosts would bind their first rank to the first core, which is the same one.
  const agent = ['--mca', 'plm_rsh_agent', job.agent, '--bind-to', 'none'];
  // With one link between two ranks what they send each other at the same time goes one after the other.
  const links = ['--mca', 'btl_tcp_links', '2'];
  // All hosts have the same cores, of which Open MPI knows nothing.
  const yielding = ['--mca', 'mpi_yield_when_idle', '1'];
  return {
    args: [programOf(launcher), '--hostfile', job.hostfile, ...agent, ...transport, ...links, ...yielding, ...ranks],
    env: { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' },
  };
}

function programOf(launcher: Launcher): string {
  return `mpirun.${launcher}`;
}
