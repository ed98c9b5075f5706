package dev.septet.workers.gpu;

import dev.septet.activities.store.FileModes;
import dev.septet.workers.StateFolder;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Makes the CUDA build of libtorch available to the processes of a state folder. Every step is
 * idempotent.
 *
 * @param cache Septet's folder in the user's cache folder
 * @param platform operating system and architecture, as Java names them
 */
public record GpuSetup(
        StateFolder state,
        Map<String, String> environment,
        Path cache,
        String platform,
        WheelInstaller installer,
        Loader loader) {
    private static final String SUPPORTED = "Linux amd64";
    private static final String LOCK = "gpu.lock";

    /** Loads libtorch with these variables in another process. */
    interface Loader {
        LoadedLibtorch load(Map<String, String> variables) throws IOException;
    }

    /**
     * The result.
     *
     * @param torch such as {@code 2.7.1+cu126}
     * @param libraries folder from which libtorch is loaded
     * @param cards number of cards that libtorch can use
     * @param changed whether anything was changed
     */
    public record Result(String torch, Path libraries, int cards, boolean changed) {}

    public static GpuSetup of(StateFolder state, Map<String, String> environment) {
        Path cache = StateFolder.cache(environment);
        return new GpuSetup(
                state,
                environment,
                cache,
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                new WheelInstaller(cache, WheelInstaller.PIPS),
                LoadedLibtorch::with);
    }

    /**
     * Finds or installs torch, links its libraries into one folder, loads them in a process of their
     * own, and writes the variables that choose them.
     *
     * @param notes receives a line before a long step
     * @throws GpuProblem when a step fails; nothing is chosen then
     */
    public Result run(Consumer<String> notes) throws IOException {
        if (!platform.equals(SUPPORTED)) {
            throw new GpuProblem(
                    "libtorch with CUDA exists for Linux on x86-64 only, this is " + platform,
                    "run training workers with cards on Linux on x86-64");
        }
        FileModes.OWNER.folder(cache);
        try (FileChannel channel =
                FileModes.OWNER.open(cache.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            var unused = channel.lock(); // released with the channel
            return locked(notes);
        }
    }

    /** While no other process installs torch or links its libraries. */
    private Result locked(Consumer<String> notes) throws IOException {
        Optional<InstalledTorch> installed = InstalledTorch.find(environment, cache);
        InstalledTorch torch = installed.isPresent() ? installed.get() : installer.install(notes);
        Path libraries = LibraryLinks.make(torch, cache);
        Map<String, String> variables = GpuEnvironment.variables(libraries);
        LoadedLibtorch loaded = loader.load(variables);
        if (loaded.problem().isPresent()) {
            throw new GpuProblem(
                    "libtorch with CUDA does not load from %s: %s"
                            .formatted(torch.packages(), loaded.problem().get()),
                    "install the library that is missing, or set SEPTET_TORCH to another environment with torch");
        }
        boolean changed = GpuEnvironment.of(state).write(variables);
        return new Result(torch.version(), libraries, loaded.cards(), changed);
    }
}
