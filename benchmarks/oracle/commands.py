"""Many commands of Thalweg in one virtual machine, and what a record of a run says about where it was made."""
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Commands:
    """A virtual machine that runs commands one after the other; it ends with the block."""

    def __enter__(self):
        self.process = subprocess.Popen([str(ROOT / "benchmarks" / "java.sh"), "ManyCommands"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, encoding="utf-8")
        return self

    def __exit__(self, *failure):
        self.process.stdin.close()
        self.process.wait()

    def run(self, *arguments):
        """Exit code, the JSON document, or the sentence of the refusal."""
        return next(iter(self.run_all([arguments])))

    def run_all(self, many):
        """Answers in order, while the commands are still being sent; standard output of a command must be JSON."""
        many = [[str(part) for part in one] for one in many]
        sender = threading.Thread(target=self._send, args=(many,))
        sender.start()
        for _ in many:
            line = self.process.stdout.readline()
            if not line:
                raise SystemExit("the virtual machine ended before its answers; see its messages above.")
            answer = json.loads(line)
            try:
                document = json.loads(answer["out"])
            except json.JSONDecodeError:
                raise SystemExit("no JSON document from a command: " + line) from None
            yield answer["exit_code"], document
        sender.join()

    def _send(self, many):
        for one in many:
            self.process.stdin.write(json.dumps(one) + "\n")
            self.process.stdin.flush()


def record(**more):
    """Command, versions, machine, date: what a table must tell of how it came about."""
    import torch
    import transformers
    commit = subprocess.run(["git", "-C", str(ROOT), "describe", "--always", "--dirty"], capture_output=True, text=True)
    return {
        "command": "python3 " + " ".join([os.path.relpath(sys.argv[0], ROOT)] + sys.argv[1:]),
        **more,
        "thalweg": commit.stdout.strip() or "unknown",
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "date": datetime.date.today().isoformat(),
    }


def head_of_page(title, about):
    """The first lines of a Markdown page: a title and a table of what record() tells."""
    rows = "".join(f"| {key} | {'`' + str(value) + '`' if key == 'command' else value} |\n" for key, value in about.items())
    return f"# {title}\n\n| | |\n|---|---|\n{rows}\n"


def cell(text):
    """Text that fits into one cell of a Markdown table."""
    return str(text).replace("|", "\\|").replace("\n", " ")
