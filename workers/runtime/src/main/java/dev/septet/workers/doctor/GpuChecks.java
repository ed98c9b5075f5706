package dev.septet.workers.doctor;

import dev.septet.llm.cuda.CudaLibtorch;
import dev.septet.llm.cuda.NvidiaCard;
import dev.septet.llm.cuda.NvidiaDriver;
import dev.septet.llm.runtime.Torch;
import dev.septet.settings.Setting;
import dev.septet.workers.StateFolder;
import dev.septet.workers.gpu.GpuEnvironment;
import dev.septet.workers.gpu.GpuProblem;
import dev.septet.workers.gpu.GpuSetup;
import dev.septet.workers.gpu.InstalledTorch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks whether training can use the cards of this machine.
 *
 * @param root the root of the file system
 * @param usable number of cards that libtorch can use in this process
 */
public record GpuChecks(StateFolder state, Map<String, String> environment, Path root, IntSupplier usable) {
    private static final String GPU = "gpu";

    /**
     * The driver that comes with CUDA 12.6.
     *
     * @see <a href="https://docs.nvidia.com/cuda/archive/12.6.0/cuda-toolkit-release-notes/index.html">CUDA 12.6
     *     release notes, table "CUDA Toolkit and Corresponding Driver Versions"</a>
     */
    private static final String COMPLETE = "560.28.03";

    /**
     * The first driver of CUDA 12. From it on, libraries for any CUDA 12 work. What does not work is
     * code that a later CUDA compiled to PTX only; PyTorch's wheels have machine code for the cards
     * that they support.
     *
     * @see <a href="https://docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html">NVIDIA on
     *     minor version compatibility</a>
     */
    private static final String LEAST = "525.60.13";

    private static final String FIX =
            "`septet doctor --fix gpu` makes libtorch with CUDA available; then start the" + " workers again";

    public static GpuChecks of(StateFolder state, Map<String, String> environment) {
        return new GpuChecks(state, environment, Path.of("/"), GpuChecks::usableHere);
    }

    /** Checks that do not load libtorch into this process, which another process will do. */
    public static GpuChecks withoutLibtorch(StateFolder state, Map<String, String> environment) {
        return new GpuChecks(state, environment, Path.of("/"), () -> 1);
    }

    private static int usableHere() {
        try {
            return Torch.gpus();
        } catch (RuntimeException | LinkageError reportedByTheCheckOfTheEngine) {
            return 0;
        }
    }

    /**
     * Makes libtorch with CUDA available to the processes of the state folder.
     *
     * @param notes receives a line before a long step
     */
    public List<Finding> fix(Consumer<String> notes) {
        try {
            GpuSetup.Result result = GpuSetup.of(state, environment).run(notes);
            String found = "libtorch %s loads from %s and sees %s; %s"
                    .formatted(
                            result.torch(),
                            result.libraries(),
                            count(result.cards()),
                            result.changed()
                                    ? "from now on processes of %s load it".formatted(state.path())
                                    : "processes of %s load it already".formatted(state.path()));
            return List.of(Finding.ok(GPU, found));
        } catch (GpuProblem problem) {
            return List.of(Finding.fail(GPU, problem.found(), problem.next()));
        } catch (IOException | UncheckedIOException e) {
            return List.of(Finding.fail(
                    GPU, "libtorch with CUDA cannot be set up: " + e.getMessage(), "make the folder writable"));
        }
    }

    /** One finding that all is well, or one for each obstacle. */
    public List<Finding> look() {
        NvidiaDriver driver = NvidiaDriver.read(root, environment);
        if (driver.version().isEmpty()) {
            return List.of(noDriver(driver));
        }
        if (!driver.isAtLeast(LEAST)) {
            return List.of(Finding.warn(
                    GPU,
                    "driver %s is too old for CUDA 12, which needs %s or later"
                            .formatted(driver.version().get(), LEAST),
                    "install NVIDIA's driver, version %s or later".formatted(COMPLETE)));
        }
        if (driver.cards().isEmpty() || driver.problem().isPresent()) {
            return List.of(silent(driver));
        }
        List<Finding> findings = new ArrayList<>(hidden(driver));
        findings.addAll(closed());
        findings.addAll(library(driver, findings.isEmpty()));
        return findings;
    }

    /** A line for each obstacle, for people who start a training worker. */
    public List<String> warnings() {
        return look().stream()
                .filter(finding -> finding.level() != Finding.Level.OK)
                .map(finding -> "WARNING: %s. Next: %s".formatted(finding.found(), finding.next()))
                .toList();
    }

    private static Finding noDriver(NvidiaDriver driver) {
        if (!driver.unused().isEmpty()) {
            return Finding.warn(
                    GPU,
                    "an NVIDIA card is at PCI address %s, but no driver is loaded"
                            .formatted(String.join(", ", driver.unused())),
                    "install NVIDIA's driver, version %s or later; a container needs the driver of its host and the option `--gpus all`"
                            .formatted(COMPLETE));
        }
        return driver.problem()
                .map(problem -> Finding.warn(
                        GPU,
                        "no driver is loaded; nvidia-smi: " + problem,
                        "install NVIDIA's driver, version %s or later".formatted(COMPLETE)))
                .orElseGet(() -> Finding.ok(GPU, "there is no NVIDIA card; training computes on the CPU"));
    }

    private static Finding silent(NvidiaDriver driver) {
        String problem = driver.problem().orElse("nvidia-smi is not on PATH");
        return Finding.warn(
                GPU,
                "driver %s is loaded, but reports no usable card: %s"
                        .formatted(driver.version().orElse(""), problem),
                problem.contains("version mismatch")
                        ? "start the machine again: the driver's files are newer than the loaded driver"
                        : "check the card with `nvidia-smi`; a container needs the option `--gpus all`");
    }

    private List<Finding> hidden(NvidiaDriver driver) {
        String chosen = Setting.CUDA_VISIBLE_DEVICES.value(environment);
        int visible = driver.visible(environment).size();
        if (chosen == null || chosen.contains("MIG-") || visible == chosen.split(",").length) {
            return List.of();
        }
        String found = "CUDA_VISIBLE_DEVICES is '%s', but this machine has %s"
                .formatted(
                        chosen,
                        driver.cards().stream().map(NvidiaCard::toString).collect(Collectors.joining(", ")));
        return List.of(Finding.warn(
                GPU,
                visible == 0 ? found : found + "; CUDA uses only the first " + visible,
                "unset it, or set it to numbers of nvidia-smi or to UUIDs, separated by commas"));
    }

    /** The device files that this user may not open. WSL has neither these files nor the kernel module. */
    private List<Finding> closed() {
        Path devices = root.resolve("dev");
        if (!Files.exists(root.resolve("proc/driver/nvidia"))) {
            return List.of();
        }
        if (!Files.exists(devices.resolve("nvidiactl"))) {
            return List.of(Finding.warn(
                    GPU,
                    "the driver is loaded, but there is no " + devices.resolve("nvidiactl"),
                    "run `nvidia-smi` once as root; a container needs the option `--gpus all`"));
        }
        try (Stream<Path> files = Files.list(devices)) {
            List<String> closed = files.filter(
                            file -> String.valueOf(file.getFileName()).matches("nvidia(\\d+|ctl|-uvm)"))
                    .filter(file -> !Files.isReadable(file) || !Files.isWritable(file))
                    .map(Path::toString)
                    .sorted()
                    .toList();
            return closed.isEmpty()
                    ? List.of()
                    : List.of(Finding.warn(
                            GPU,
                            "this user may not open " + String.join(", ", closed),
                            "add the user to the group of these files, which `ls -l` shows, and sign in again"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + devices, e);
        }
    }

    /** @param reachable whether no obstacle was found before */
    private List<Finding> library(NvidiaDriver driver, boolean reachable) {
        Map<String, String> effective = new HashMap<>(environment);
        effective.putAll(GpuEnvironment.of(state).missing(environment));
        Optional<Path> folder = CudaLibtorch.folder(effective);
        if (folder.isEmpty()) {
            return List.of(cpuBuild(driver));
        }
        Optional<InstalledTorch> torch = InstalledTorch.linked(folder.get());
        List<Finding> findings = new ArrayList<>(misfits(folder.get(), torch, effective));
        for (NvidiaCard card : driver.visible(environment)) {
            torch.flatMap(installed -> installed.obstacle(card))
                    .ifPresent(obstacle -> findings.add(Finding.warn(
                            GPU,
                            obstacle,
                            "set SEPTET_TORCH to an environment with another build of torch %s, then run `septet doctor --fix gpu`"
                                    .formatted(CudaLibtorch.VERSION))));
        }
        if (!findings.isEmpty() || !reachable) {
            return findings;
        }
        String cards =
                driver.visible(environment).stream().map(NvidiaCard::toString).collect(Collectors.joining(", "));
        String version = driver.version().orElse("");
        if (usable.getAsInt() == 0) {
            return List.of(Finding.warn(
                    GPU,
                    "libtorch with CUDA from %s cannot use %s with driver %s".formatted(folder.get(), cards, version),
                    "start this command again with the launcher `septet`; then check the driver with `nvidia-smi`"));
        }
        return List.of(Finding.ok(
                GPU,
                "%s; driver %s%s; libtorch %s"
                        .formatted(
                                cards,
                                version,
                                driver.isAtLeast(COMPLETE)
                                        ? ""
                                        : ", which runs CUDA 12 by minor version compatibility (%s is complete)"
                                                .formatted(COMPLETE),
                                torch.map(InstalledTorch::version).orElse("with CUDA"))));
    }

    private Finding cpuBuild(NvidiaDriver driver) {
        Map<String, String> written = GpuEnvironment.of(state).read();
        String gone = Setting.PYTORCH_LIBRARY_PATH.value(environment) != null || written.isEmpty()
                ? ""
                : "; %s names %s, where it is no longer"
                        .formatted(state.gpu(), Setting.PYTORCH_LIBRARY_PATH.text(written));
        return Finding.warn(
                GPU,
                "this machine has %s, but libtorch is the CPU build, so training does not use the GPU%s"
                        .formatted(
                                driver.cards().stream()
                                        .map(NvidiaCard::toString)
                                        .collect(Collectors.joining(", ")),
                                gone),
                FIX);
    }

    /** What an operator who sets the variables himself can get wrong. */
    private static List<Finding> misfits(Path folder, Optional<InstalledTorch> torch, Map<String, String> effective) {
        List<Finding> findings = new ArrayList<>();
        String flavor = Setting.PYTORCH_FLAVOR.text(effective);
        if (!flavor.equals(CudaLibtorch.FLAVOR)) {
            findings.add(Finding.warn(
                    GPU,
                    "PYTORCH_LIBRARY_PATH names a CUDA build, but PYTORCH_FLAVOR is '%s'".formatted(flavor),
                    "set PYTORCH_FLAVOR=%s and PYTORCH_VERSION=%s"
                            .formatted(CudaLibtorch.FLAVOR, CudaLibtorch.VERSION)));
        }
        torch.flatMap(InstalledTorch::obstacle)
                .ifPresent(obstacle -> findings.add(Finding.warn(GPU, "%s: %s".formatted(folder, obstacle), FIX)));
        return findings;
    }

    private static String count(int cards) {
        return switch (cards) {
            case 0 -> "no card";
            case 1 -> "1 card";
            default -> cards + " cards";
        };
    }
}
