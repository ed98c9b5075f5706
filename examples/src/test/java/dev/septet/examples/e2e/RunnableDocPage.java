package dev.septet.examples.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A page of the documentation, whose commands are run as written.
 *
 * @param text its Markdown
 */
public record RunnableDocPage(String text) {
    /** A page under {@code .github/docs}. */
    public static RunnableDocPage of(String name) throws IOException {
        return new RunnableDocPage(
                Files.readString(Workspace.CHECKOUT.resolve(".github/docs").resolve(name)));
    }

    /** Its code blocks in a language, in their order. */
    public List<String> blocks(String language) {
        return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(text)
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
    }

    /**
     * Runs all its {@code bash} blocks, one after the other, in a folder where {@code ./septet} is
     * this checkout's.
     *
     * @param temporal the Temporal CLI that {@code temporal} means
     * @return what they said
     */
    String run(Path folder, Path temporal, Map<String, String> environment) throws Exception {
        Path septet = folder.resolve("septet");
        if (!Files.exists(septet)) {
            Files.createSymbolicLink(septet, Workspace.CHECKOUT.resolve("septet"));
        }
        Path names = Files.createTempDirectory("septet-names");
        Files.createSymbolicLink(names.resolve("temporal"), temporal);
        StringBuilder said = new StringBuilder();
        for (String block : blocks("bash")) {
            String script = "set -e\nPATH=" + names + ":$PATH\n" + block;
            Shell.Said result = Shell.run(folder, environment, List.of("bash", "-c", script), 300);
            if (result.status() != 0) {
                throw new AssertionError(
                        String.format(Locale.ROOT, "%s%n ended with %d: %s", block, result.status(), result.all()));
            }
            said.append(result.all());
        }
        return said.toString();
    }
}
