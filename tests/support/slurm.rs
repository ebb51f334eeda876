//! A Slurm cluster of one node in a folder: munged, slurmctld and slurmd on ports of their own.
//!
//! Every program runs in the foreground as a child of the test, so that the test can end exactly
//! those that it started.

use std::fs::{self, File};
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long to wait before looking again.
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

/// A cluster that runs until it is dropped.
pub struct Cluster {
    folder: PathBuf,
    configuration: PathBuf,
    programs: Vec<Child>,
}

impl Cluster {
    /// Starts the cluster and waits until its node takes jobs.
    ///
    /// # Errors
    /// Why there is none.
    pub fn start(folder: &Path) -> Result<Cluster, String> {
        for program in ["munged", "slurmctld", "slurmd", "sbatch", "sinfo"] {
            if !is_on_path(program) {
                return Err(format!("`{program}` is not installed"));
            }
        }
        let whole = |error: std::io::Error| error.to_string();
        for name in ["state", "spool", "log", "munge"] {
            fs::create_dir_all(folder.join(name)).map_err(whole)?;
        }
        let configuration = folder.join("slurm.conf");
        let mut cluster =
            Cluster { folder: folder.to_owned(), configuration, programs: Vec::new() };
        cluster.start_munge().map_err(whole)?;
        cluster.write_configuration().map_err(whole)?;
        cluster.start_program("slurmctld", &["-D", "-i"]).map_err(whole)?;
        cluster.start_program("slurmd", &["-D"]).map_err(whole)?;
        let is_ready = |text: &str| text.contains("idle");
        let mut looks = 0..100;
        while !is_ready(&cluster.said("sinfo", &["--noheader", "--format=%T"])) {
            if looks.next().is_none() {
                return Err(format!("Slurm does not start here:\n{}", cluster.log()));
            }
            std::thread::sleep(BETWEEN_LOOKS);
        }
        Ok(cluster)
    }

    /// A command that talks to this cluster.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env("SLURM_CONF", &self.configuration);
        command
    }

    /// Runs a command that submits jobs, and waits until there are no more.
    pub fn wait_for_jobs(&self, submit: &mut Command) {
        let output = submit.output().expect("it starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut looks = 0..300;
        while !self.said("squeue", &["--noheader"]).trim().is_empty() {
            assert!(looks.next().is_some(), "jobs do not end:\n{}", self.log());
            std::thread::sleep(BETWEEN_LOOKS);
        }
    }

    /// What the programs have logged.
    pub fn log(&self) -> String {
        let read = |name: &str| fs::read_to_string(self.folder.join("log").join(name));
        let logs = ["munged", "slurmctld", "slurmd"].map(|name| read(name).unwrap_or_default());
        let tail = |log: &String| {
            let lines: Vec<&str> = log.lines().rev().take(15).collect();
            lines.into_iter().rev().collect::<Vec<&str>>().join("\n")
        };
        logs.iter().map(tail).collect::<Vec<String>>().join("\n--\n")
    }

    fn said(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.command(Path::new(program)).args(arguments).output();
        output.map_or(String::new(), |output| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn socket(&self) -> PathBuf {
        // The path of a socket has at most 107 bytes.
        PathBuf::from(format!("/tmp/shardlag-munge-{}/socket", std::process::id()))
    }

    fn start_munge(&mut self) -> std::io::Result<()> {
        let key = self.folder.join("munge/key");
        let mut file = File::create(&key)?;
        file.write_all(&[7; 128])?;
        fs::set_permissions(&key, fs::Permissions::from_mode(0o400))?;
        let socket = self.socket();
        let folder = socket.parent().expect("it is in a folder");
        fs::create_dir_all(folder)?;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
        let place = |name: &str| self.folder.join("munge").join(name).display().to_string();
        let arguments = [
            "--foreground".to_owned(),
            "--force".to_owned(),
            format!("--key-file={}", key.display()),
            format!("--socket={}", socket.display()),
            format!("--pid-file={}", place("pid")),
            format!("--seed-file={}", place("seed")),
            format!("--log-file={}", place("log")),
        ];
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        self.start_program("munged", &arguments)
    }

    fn write_configuration(&self) -> std::io::Result<()> {
        let host = fs::read_to_string("/proc/sys/kernel/hostname")?;
        let host = host.trim().split('.').next().unwrap_or("localhost").to_owned();
        let user = Command::new("id").arg("-un").output()?;
        let user = String::from_utf8_lossy(&user.stdout).trim().to_owned();
        let [controller, node] = free_ports()?;
        let place = |name: &str| self.folder.join(name).display().to_string();
        let text = format!(
            "ClusterName=shardlag\nSlurmctldHost={host}(127.0.0.1)\nSlurmctldPort={controller}\n\
             SlurmdPort={node}\nSlurmUser={user}\nSlurmdUser={user}\nAuthType=auth/munge\n\
             AuthInfo=socket={socket}\nCredType=cred/munge\nStateSaveLocation={state}\n\
             SlurmdSpoolDir={spool}\nSlurmctldPidFile={log}/slurmctld.pid\n\
             SlurmdPidFile={log}/slurmd.pid\nProctrackType=proctrack/pgid\nTaskPlugin=task/none\n\
             SchedulerType=sched/backfill\nSelectType=select/cons_tres\nReturnToService=2\n\
             SwitchType=switch/none\nMpiDefault=none\nJobAcctGatherType=jobacct_gather/none\n\
             SlurmdParameters=config_overrides\nMinJobAge=2\n\
             NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN\n\
             PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP\n",
            socket = self.socket().display(),
            state = place("state"),
            spool = place("spool"),
            log = place("log"),
        );
        fs::write(&self.configuration, text)
    }

    fn start_program(&mut self, program: &str, arguments: &[&str]) -> std::io::Result<()> {
        let log = File::create(self.folder.join("log").join(program))?;
        let child = self
            .command(&path_of(program))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        self.programs.push(child);
        // Each needs the one before.
        std::thread::sleep(Duration::from_millis(500));
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for child in self.programs.iter_mut().rev() {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
        if let Some(folder) = self.socket().parent() {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

fn is_on_path(program: &str) -> bool {
    path_of(program).is_absolute()
}

/// Where a program is; daemons are often in folders that are on the path of root only.
fn path_of(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).collect::<Vec<PathBuf>>();
    let daemons = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    let mut places = folders.into_iter().chain(daemons).map(|folder| folder.join(program));
    places.find(|place| place.is_file()).unwrap_or_else(|| program.into())
}

/// Two ports that nobody listens on.
fn free_ports() -> std::io::Result<[u16; 2]> {
    let sockets = [TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?];
    Ok([sockets[0].local_addr()?.port(), sockets[1].local_addr()?.port()])
}
