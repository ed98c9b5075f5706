package dev.septet.examples.upgrade;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * The next version of the workflows: this version's sources with two changes. {@code Train} gets one more command without a version
 * marker, so it cannot replay older histories: only pinned runs survive that. {@code Monitor} gets one more command with a
 * version marker, as every change of a workflow that moves needs it.
 */
final class ChangedWorkflows {
    private static final String WORKFLOWS = "workflows/src/main/java/dev/septet/workflows/";

    /** A command after the workflow's own first ones, in the middle of a stage. */
    private static final String NEW_COMMAND = "io.temporal.workflow.Workflow.sleep(java.time.Duration.ofMillis(20));";

    private ChangedWorkflows() {}

    /**
     * Compiles the changed classes.
     *
     * @param checkout the checkout with the sources
     * @param folder where the changed sources and classes go
     * @return the folder of the classes, which precedes this version's classes on the class path
     */
    static Path compile(Path checkout, Path folder) throws IOException {
        List<Path> sources = new ArrayList<>();
        sources.add(changed(
                checkout,
                folder,
                "train/TrainWorkflowImpl.java",
                "public CheckpointRef train(TrainRequest request) {",
                NEW_COMMAND));
        sources.add(changed(
                checkout,
                folder,
                "monitor/MonitorWorkflowImpl.java",
                "private void check() {",
                "if (io.temporal.workflow.Workflow.getVersion(\"drill\", io.temporal.workflow.Workflow.DEFAULT_VERSION, 1) == 1) { "
                        + NEW_COMMAND
                        + " }"));
        Path classes = Files.createDirectories(folder.resolve("classes"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IOException("the drill compiles changed workflows: run it with a JDK");
        }
        List<String> arguments = new ArrayList<>(List.of(
                "-d",
                classes.toString(),
                "-cp",
                DrillProcesses.classPath(),
                "--release",
                "17",
                "-parameters",
                "-proc:none",
                "-nowarn"));
        sources.forEach(source -> arguments.add(source.toString()));
        if (compiler.run(null, null, null, arguments.toArray(String[]::new)) != 0) {
            throw new IOException("the changed workflows do not compile");
        }
        return classes;
    }

    private static Path changed(Path checkout, Path folder, String file, String method, String command)
            throws IOException {
        Path source = checkout.resolve(WORKFLOWS + file);
        String text = Files.readString(source);
        int at = text.indexOf(method);
        if (at < 0) {
            throw new IOException(
                    String.format(Locale.ROOT, "%s has no `%s` any more: adapt the drill", source, method));
        }
        int after = at + method.length();
        Path changed = folder.resolve("sources").resolve(file);
        Files.createDirectories(changed.getParent());
        return Files.writeString(changed, text.substring(0, after) + "\n        " + command + text.substring(after));
    }
}
