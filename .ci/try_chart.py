"""Renders the chart and validates it against a real API server; see try-chart."""

import json
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import yaml

HELM, SERVERS, CHART, VALUES = sys.argv[1], Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
TOKEN = "admin-of-the-tests"
NAMESPACE = "septet"
PATHS = {
    "ServiceAccount": "/api/v1/namespaces/septet/serviceaccounts",
    "ConfigMap": "/api/v1/namespaces/septet/configmaps",
    "Service": "/api/v1/namespaces/septet/services",
    "Pod": "/api/v1/namespaces/septet/pods",
    "StatefulSet": "/apis/apps/v1/namespaces/septet/statefulsets",
    "Deployment": "/apis/apps/v1/namespaces/septet/deployments",
    "CronJob": "/apis/batch/v1/namespaces/septet/cronjobs",
    "NetworkPolicy": "/apis/networking.k8s.io/v1/namespaces/septet/networkpolicies",
}
# Each value, and what helm must say about it.
WRONG = {
    "temporal.address=temporal": "temporal/address",
    "store.uri=/srv/store": "store/uri",
    "keysSecret=": "keysSecret",
    "image.digest=latest": "image/digest",
    "trainings=1": "trainings",
    "light.replicas=2": "replicas",
    "ui.keysSecret=": "ui/keysSecret",
    "ui.port=80": "ui/port",
}


def free():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def render(*arguments):
    return subprocess.run(
        [HELM, "template", "team", CHART, "--kube-version", "1.34.4", *arguments], capture_output=True, text=True
    )


class ApiServer:
    def __init__(self, folder):
        self.port, etcd, peers = free(), f"http://127.0.0.1:{free()}", f"http://127.0.0.1:{free()}"
        (folder / "tokens.csv").write_text(f'{TOKEN},admin,admin,"system:masters"\n')
        subprocess.run(
            ["openssl", "genrsa", "-out", folder / "sa.key", "2048"], check=True, stderr=subprocess.DEVNULL
        )
        self.processes = [
            self.start(
                folder,
                "etcd",
                f"--data-dir={folder}/data",
                f"--listen-client-urls={etcd}",
                f"--advertise-client-urls={etcd}",
                f"--listen-peer-urls={peers}",
                f"--initial-advertise-peer-urls={peers}",
                f"--initial-cluster=default={peers}",
            ),
            self.start(
                folder,
                "kube-apiserver",
                f"--etcd-servers={etcd}",
                f"--secure-port={self.port}",
                "--bind-address=127.0.0.1",
                f"--cert-dir={folder}/certs",
                "--service-account-issuer=https://kubernetes.default.svc",
                f"--service-account-key-file={folder}/sa.key",
                f"--service-account-signing-key-file={folder}/sa.key",
                "--service-cluster-ip-range=10.0.0.0/24",
                "--authorization-mode=RBAC",
                f"--token-auth-file={folder}/tokens.csv",
                "--disable-admission-plugins=ServiceAccount",
            ),
        ]
        self.trust = None
        for _ in range(120):
            try:
                if self.trust is None:
                    self.trust = ssl.create_default_context(cafile=folder / "certs" / "apiserver.crt")
                if self.ask("GET", "/readyz")[1] == "ok":
                    return
            except OSError:
                pass
            time.sleep(1)
        self.stop()
        sys.exit(f"septet: the API server does not start:\n{(folder / 'kube-apiserver.log').read_text()[-2000:]}")

    @staticmethod
    def start(folder, program, *arguments):
        with open(folder / f"{program}.log", "w") as log:
            return subprocess.Popen([SERVERS / program, *arguments], stdout=log, stderr=log)

    def ask(self, method, path, body=None):
        request = urllib.request.Request(
            f"https://127.0.0.1:{self.port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, context=self.trust) as reply:
                text = reply.read().decode()
                warnings = reply.headers.get_all("Warning") or []
                return warnings, json.loads(text) if text.startswith("{") else text
        except urllib.error.HTTPError as error:
            text = error.read().decode()
            return None, json.loads(text)["message"] if text.startswith("{") else text  # a text while the server starts

    def validate(self, thing):
        """Everything that the server has against an object."""
        warnings, reply = self.ask("POST", f"{PATHS[thing['kind']]}?dryRun=All&fieldValidation=Strict", thing)
        return [reply] if warnings is None else warnings

    def stop(self):
        for process in reversed(self.processes):
            process.kill()
            process.wait()


def template(thing):
    """The pod that an object makes, or nothing."""
    spec = thing.get("spec", {})
    spec = spec.get("jobTemplate", {}).get("spec", spec)
    return spec.get("template")


def container(things, kind, pod, name):
    """A container of a rendered object whose name ends with `pod`."""
    thing = next(one for one in things if one["kind"] == kind and one["metadata"]["name"].endswith(pod))
    return next(one for one in template(thing)["spec"]["containers"] if one["name"] == name)


def promises(things):
    """What no schema of Kubernetes knows: what the objects must do. Yields what is wrong."""

    def check(right, what):
        if not right:
            yield what

    yield from check(
        container(things, "CronJob", "-gc", "gc")["args"] == ["gc", "--yes"], "gc deletes nothing without --yes"
    )
    gc = template(next(one for one in things if one["kind"] == "CronJob"))["spec"]
    state = next(one for one in gc["volumes"] if one["name"] == "state")
    light = next(one for one in things if one["kind"] == "StatefulSet")
    claim = f"state-{light['metadata']['name']}-0"
    yield from check(
        state.get("persistentVolumeClaim", {}).get("claimName") == claim, f"gc does not see the volume {claim}"
    )
    labels = light["spec"]["template"]["metadata"]["labels"]
    near = gc["affinity"]["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"][0]
    yield from check(
        near["labelSelector"]["matchLabels"].items() <= labels.items(), "gc does not run beside the light worker"
    )
    for service in (one for one in things if one["kind"] == "Service" and one["spec"].get("clusterIP") != "None"):
        name, spec = service["metadata"]["name"], service["spec"]
        yield from check(
            spec.get("publishNotReadyAddresses"), f"{name} depends on the readiness of other containers of its pod"
        )
        yield from check(spec["selector"].items() <= labels.items(), f"{name} selects no pod")
        listening = [port["containerPort"] for one in template(light)["spec"]["containers"] for port in one["ports"]]
        yield from check(spec["ports"][0]["targetPort"] in listening, f"nothing listens at the port of {name}")
    model = container(things, "StatefulSet", "-light", "model-support")
    yield from check("--await" in model["args"], "a model server does not wait for the first publication")
    probes = {kind: model[kind + "Probe"]["httpGet"]["path"] for kind in ("startup", "liveness", "readiness")}
    yield from check(
        probes == {"startup": "/health", "liveness": "/health", "readiness": "/ready"}, f"probes of models: {probes}"
    )
    monitor = next(one for one in things if one["kind"] == "PodMonitor")
    ports = {}
    for endpoint in monitor["spec"]["podMetricsEndpoints"]:
        rules = {one["targetLabel"]: one for one in endpoint["relabelings"]}
        ports[endpoint["port"]] = (rules["job"]["replacement"], rules["septet_kind"]["replacement"])
        yield from check(rules["septet_process"]["sourceLabels"], "a scraped process has no name")
    expected = {"metrics": ("septet", "worker"), "metrics-1": ("septet", "server"), "metrics-2": ("septet", "server")}
    yield from check(ports == expected, f"labels of scraped processes: {ports}")
    page = {one["name"]: one.get("value") for one in container(things, "StatefulSet", "-light", "worker")["env"]}
    yield from check(
        page.get("SEPTET_UI") == "0.0.0.0:8237" and page.get("SEPTET_UI_KEY_FILE") == "/run/septet/ui.keys",
        "the light worker does not serve the page with its keys",
    )


def starts(things, folder):
    """Runs the light worker's first container, with the pod's folders below this one; the files of its pipelines."""
    light = next(one for one in things if one["kind"] == "StatefulSet" and one["metadata"]["name"].endswith("-light"))
    first = template(light)["spec"]["initContainers"][0]
    script = first["command"][2]
    mounted = folder / "mnt" / "pipelines"
    shutil.rmtree(mounted, ignore_errors=True)
    mounted.mkdir(parents=True)
    paths = [one["mountPath"] for one in first["volumeMounts"]]
    for there in (folder / path.lstrip("/") for path in paths):
        there.mkdir(parents=True, exist_ok=True)
        if there.is_relative_to(folder / "mnt") and there != mounted:
            (there / "keys").touch()
    for config in (one for one in things if one["kind"] == "ConfigMap" and one["metadata"]["name"].endswith("-pipelines")):
        for name, text in config["data"].items():
            (mounted / name).write_text(text)
    for path in ("/mnt/", "/run/septet", "/var/lib/septet"):  # no path is a part of another one
        script = script.replace(path, f"{folder}{path}")
    subprocess.run(["bash", "-c", script], check=True)
    return sorted(one.name for one in (folder / "var/lib/septet/pipelines").iterdir() if not one.name.startswith("."))


def removals(values):
    """A pipeline that is removed from the values can no longer be started. Yields what is wrong."""

    def things(*arguments):
        return [one for one in yaml.safe_load_all(render("-f", values, *arguments).stdout) if one]

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for arguments, expected in [
            (["--set-string", r"pipelines.other\.groovy=text"], ["other.groovy", "support.groovy"]),
            ([], ["models", "support.groovy"]),
            (["--set", "pipelines=null"], ["models"]),
        ]:
            found = starts(things(*arguments), folder)
            if found != expected:
                yield f"a start with {arguments} leaves {found} in the folder of pipelines, not {expected}"
            (folder / "var/lib/septet/pipelines/models").mkdir(exist_ok=True)


def main():
    failed = []
    failed += removals(VALUES / "all.yaml")
    for wrong, named in WRONG.items():
        said = render("-f", VALUES / "all.yaml", "--set", wrong)
        if said.returncode == 0 or named not in said.stderr.replace(".", "/"):
            failed.append(f"--set {wrong} is not refused: {said.stderr.strip()}")
    with tempfile.TemporaryDirectory() as name:
        server = ApiServer(Path(name))
        try:
            server.ask(
                "POST",
                "/api/v1/namespaces",
                {"metadata": {"name": NAMESPACE, "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}},
            )
            broken = {"kind": "Service", "apiVersion": "v1", "metadata": {"name": "x"}, "spec": {"port": 80}}
            if not any("unknown field" in said for said in server.validate(broken)):
                failed.append("the API server does not refuse an unknown field: its answers prove nothing")
            for values in sorted(VALUES.glob("*.yaml")):
                subprocess.run([HELM, "lint", "--strict", CHART, "-f", values], check=True, stdout=subprocess.DEVNULL)
                rendered = render("-f", values)
                if rendered.returncode != 0:
                    failed.append(f"{values}: {rendered.stderr.strip()}")
                    continue
                things = [one for one in yaml.safe_load_all(rendered.stdout) if one]
                if values.name == "all.yaml":
                    failed += [f"{values.name}: {wrong}" for wrong in promises(things)]
                # The API server does not have the definitions of the Prometheus operator.
                things = [one for one in things if one["kind"] != "PodMonitor"]
                pods = 0
                for thing in things:
                    checked = [thing]
                    if pod := template(thing):
                        pods += 1
                        # What makes a pod of a claim template is a controller, and here is none.
                        claims = thing["spec"].get("volumeClaimTemplates", [])
                        volumes = pod["spec"]["volumes"] + [
                            {"name": claim["metadata"]["name"], "emptyDir": {}} for claim in claims
                        ]
                        checked.append(
                            {
                                "kind": "Pod",
                                "apiVersion": "v1",
                                "metadata": {"name": f"pod-{pods}", "labels": pod["metadata"]["labels"]},
                                "spec": {**pod["spec"], "restartPolicy": "Always", "volumes": volumes},
                            }
                        )
                    for one in checked:
                        for said in server.validate(one):
                            failed.append(f"{values.name}: {one['kind']} {thing['metadata']['name']}: {said}")
                print(f"ok   {values.name}: {len(things)} objects, {pods} kinds of pods")
        finally:
            server.stop()
    print(f"ok   {len(WRONG)} wrong values refused" if not failed else "\n".join(["septet: the chart is wrong:", *failed]))
    sys.exit(1 if failed else 0)


main()
