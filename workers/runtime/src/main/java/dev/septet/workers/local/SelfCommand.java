package dev.septet.workers.local;

import dev.septet.workers.log.ProcessLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command with which this program starts another JVM with itself.
 *
 * @param java the {@code java} executable
 * @param classPath its class path
 * @param main class with the command line's {@code main}
 * @param home value of the system property {@code septet.home}
 */
public record SelfCommand(String java, String classPath, String main, Path home) {
    /** The command that started this JVM. */
    public static SelfCommand current(String main, Path home) {
        return new SelfCommand(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                System.getProperty("java.class.path"),
                main,
                home);
    }

    /** A JVM command without its main class, with the given log file. */
    public List<String> jvm(Path log, String... options) {
        List<String> command = new ArrayList<>(List.of(java, "-cp", classPath));
        command.add("-Dseptet.home=" + home);
        command.add("-D" + ProcessLog.FILE + "=" + log);
        command.add(ProcessLog.option());
        command.addAll(List.of(options));
        return command;
    }

    /** A command line for one of this program's own commands. */
    public List<String> command(Path log, List<String> options, List<String> arguments) {
        List<String> command = jvm(log, options.toArray(String[]::new));
        command.add(main);
        command.addAll(arguments);
        return command;
    }
}
