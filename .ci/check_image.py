"""Checks the configuration of an image, with CUDA or without. Usage: check_image.py IMAGE.tar PINNED; .ci/try-image calls it."""

import json
import re
import sys
import tarfile

LABEL = "org.opencontainers.image.base."
CUDA_VARIABLES = ["PYTORCH_FLAVOR", "PYTORCH_LIBRARY_PATH", "PYTORCH_VERSION"]
CUDA_LIBRARIES = ("libtorch.so", "libtorch_cpu.so", "libtorch_cuda.so", "libc10_cuda.so")


def content(path):
    """The manifest and the configuration of an image, and the entries of all its layers by name."""
    with tarfile.open(path) as tar:
        manifest = json.load(tar.extractfile("manifest.json"))[0]
        config = json.load(tar.extractfile(manifest["Config"]))["config"]
        files = {}
        for layer in manifest["Layers"]:
            with tarfile.open(fileobj=tar.extractfile(layer), mode="r|*") as entries:
                files.update((entry.name.strip("/"), entry) for entry in entries)
    return manifest, config, files


def problems(config, files, cuda, pinned):
    variables = dict(variable.split("=", 1) for variable in config["Env"])
    if config["User"] != "10001:10001":
        yield f"its user is {config['User']}, expected 10001:10001"
    if config["Entrypoint"] != ["/opt/septet/bin/septet"]:
        yield f"its entry point is {config['Entrypoint']}, expected /opt/septet/bin/septet"
    if variables.get("SEPTET_STATE") != "/var/lib/septet/state":
        yield "its state is not in /var/lib/septet/state"
    launcher, state = files.get("opt/septet/bin/septet"), files.get("var/lib/septet")
    if not (launcher and launcher.mode & 0o111):
        yield "opt/septet/bin/septet is missing, or is no program"
    if not (state and state.uid == 10001 and state.mode & 0o777 == 0o700):
        yield "var/lib/septet does not belong to the image's user alone"
    if pinned and not re.fullmatch("sha256:[0-9a-f]{64}", config.get("Labels", {}).get(LABEL + "digest", "")):
        yield "its base image has no digest; build with -Dimage.base=NAME:TAG@sha256:DIGEST"
    torch = sorted(name for name in variables if name.startswith("PYTORCH_"))
    if torch != (CUDA_VARIABLES if cuda else []):
        yield f"it sets {torch}, expected {CUDA_VARIABLES if cuda else []}"
    elif cuda:
        yield from cuda_problems(variables, files)


def cuda_problems(variables, files):
    if not re.fullmatch("cu[0-9]+", variables["PYTORCH_FLAVOR"]):
        yield f"PYTORCH_FLAVOR is {variables['PYTORCH_FLAVOR']}, expected such as cu128"
    # NVIDIA's runtime adds the driver for these variables.
    if variables.get("NVIDIA_VISIBLE_DEVICES") != "all":
        yield "NVIDIA_VISIBLE_DEVICES is not all, so a container sees no card"
    granted = variables.get("NVIDIA_DRIVER_CAPABILITIES", "").split(",")
    if not {"compute", "utility"} <= set(granted):
        yield f"NVIDIA_DRIVER_CAPABILITIES is {granted}, expected compute and utility"
    folder = variables["PYTORCH_LIBRARY_PATH"].strip("/")
    for library in CUDA_LIBRARIES:
        entry = files.get(f"{folder}/{library}")
        if not (entry and entry.isfile()):
            yield f"{folder}/{library} is missing"
    if not any(re.fullmatch(r"opt/libtorch/nvidia/[^/]+/lib/[^/]+\.so[.0-9]*", name) for name in files):
        yield "it has no library of NVIDIA in opt/libtorch/nvidia"
    for name in files:
        if re.search(r"/libcuda\.so[.0-9]*$", name):
            yield f"it has the driver {name}, but the driver must be that of the machine"


def main():
    image, pinned = sys.argv[1], sys.argv[2] == "true"
    manifest, config, files = content(image)
    cuda = manifest["RepoTags"][0].endswith("-cuda")
    found = list(problems(config, files, cuda, pinned))
    for problem in found:
        print(f"septet: {image}: {problem}", file=sys.stderr)
    if found:
        sys.exit(1)
    labels = config.get("Labels", {})
    base = "@".join(labels[LABEL + part] for part in ("name", "digest") if LABEL + part in labels) or "scratch"
    print(f"ok   configuration {'with' if cuda else 'without'} CUDA, base image {base}")


if __name__ == "__main__":
    main()
