package dev.septet.llm.sandbox;

import dev.septet.llm.format.FormatProblem;
import dev.septet.settings.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks untrusted files before this process opens them. A child process with limits opens a file
 * first, once per digest, and its verdict is stored. Native parsers abort their process on some
 * files, and no {@code catch} can stop that.
 */
public final class Sandbox {

    private static final Logger LOG = LoggerFactory.getLogger(Sandbox.class);
    private static final Sandbox HERE = new Sandbox(
            SandboxVerdicts.of(System.getenv(), Path.of(System.getProperty("user.home", "."))),
            SandboxLimits.STANDARD,
            !"off".equals(Setting.SANDBOX.value(System.getenv())),
            InstalledProgram.ofProcess());

    private final SandboxVerdicts verdictCache;
    private final SandboxLimits limits;
    private final boolean on;
    private final InstalledProgram program;
    private final Map<String, SandboxVerdict> known = new ConcurrentHashMap<>();

    private Sandbox(SandboxVerdicts verdictCache, SandboxLimits limits, boolean on, InstalledProgram program) {
        this.verdictCache = verdictCache;
        this.limits = limits;
        this.on = on;
        this.program = program;
    }

    /** The sandbox of this process. Inside a child process, it admits every file. */
    public static Sandbox ofProcess() {
        return HERE;
    }

    /** A separate sandbox with its own folder for verdicts. */
    public static Sandbox of(Path verdicts, SandboxLimits limits) {
        return of(verdicts, limits, InstalledProgram.ofProcess());
    }

    /** A separate sandbox whose child processes run another program. */
    static Sandbox of(Path verdicts, SandboxLimits limits, InstalledProgram program) {
        return new Sandbox(new SandboxVerdicts(verdicts), limits, true, program);
    }

    /**
     * Admits a file if a sandboxed child process could read it.
     *
     * @param main opens the file; see {@link SandboxProbe}
     * @param digest of all bytes that {@code main} reads
     * @param file file that the message names
     * @param bytes number of bytes that {@code main} reads, which determines its memory limit
     * @throws FormatProblem when the file ended that process, now or the first time
     * @throws ReplacedProgramException when the program of this process is gone, so no child process can start
     */
    public void admit(Class<?> main, String digest, Path file, long bytes, List<String> arguments) {
        admit(main, digest, file, bytes, 0, arguments);
    }

    /**
     * Admits files that {@code main} maps into memory.
     *
     * @param mapped bytes of address space, which use no memory
     */
    public void admit(Class<?> main, String digest, Path file, long bytes, long mapped, List<String> arguments) {
        if (!on || SandboxProbe.running()) {
            return;
        }
        String key = main.getSimpleName() + "-" + SandboxProbe.VERSION + "-" + digest;
        SandboxVerdict verdict =
                known.computeIfAbsent(key, missing -> verdict(key, main, file, bytes, mapped, arguments));
        if (!verdict.safe()) {
            throw new FormatProblem(
                    file,
                    "is not opened here: the sandboxed process that read it "
                            + verdict.ending()
                            + ". The file is damaged or hostile; get it again from its publisher,"
                            + " or take another model");
        }
    }

    private SandboxVerdict verdict(
            String key, Class<?> main, Path file, long bytes, long mapped, List<String> arguments) {
        Optional<SandboxVerdict> before = verdictCache.find(key);
        if (before.isPresent()) {
            return before.get();
        }
        try {
            long start = System.nanoTime();
            SandboxVerdict verdict =
                    new SandboxedProcess(limits, verdictCache, program).open(main, file, bytes, mapped, arguments);
            LOG.debug("{} in {} ms", key, (System.nanoTime() - start) / 1_000_000);
            if (!verdict.safe()) {
                program.requirePresent(); // a child with half of its jars says nothing about the file
                LOG.warn("the sandboxed process that read {} {}", file, verdict.ending());
            }
            verdictCache.store(key, verdict);
            return verdict;
        } catch (IOException e) {
            program.requirePresent(); // else the author of the pipeline would be blamed for an upgrade
            throw new FormatProblem(
                    file,
                    "is not opened here, because the sandboxed process that must read it cannot be started: "
                            + e.getMessage()
                            + ". An operator who trusts all models may set "
                            + Setting.SANDBOX.variable()
                            + "=off",
                    e);
        }
    }
}
