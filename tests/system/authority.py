"""An authority of the tests' own: certificates made by the openssl program."""
import os
import subprocess


class Authority:
    """Files NAME.pem and NAME.key in a folder; the authority's own are `ca`, or what it is called."""

    def __init__(self, folder, name="ca"):
        self.folder = folder
        self.name = name
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                      "-keyout", name + ".key", "-out", name + ".pem")

    def _openssl(self, *arguments):
        done = subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"openssl {arguments}: {done.stderr}")

    def certify(self, name, subject, days=2):
        """Days below zero: it has expired."""
        self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={subject}",
                      "-keyout", name + ".key", "-out", name + ".csr")
        self._openssl("x509", "-req", "-in", name + ".csr", "-CA", self.name + ".pem", "-CAkey", self.name + ".key", "-CAcreateserial",
                      "-days", str(days), "-out", name + ".pem")

    def path(self, name):
        return os.path.join(self.folder, name)
