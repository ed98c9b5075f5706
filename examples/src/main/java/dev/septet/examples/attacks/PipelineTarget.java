package dev.septet.examples.attacks;

import dev.septet.dsl.Compilation;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Pipeline files. */
final class PipelineTarget implements AttackTarget {
    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "(",
            ")",
            "[",
            "]",
            "'",
            "\"",
            "'''",
            "\"\"\"",
            "$",
            "${",
            "/",
            "/*",
            "*/",
            "//",
            "\\",
            "@",
            "=",
            "==",
            ":",
            ";",
            ",",
            ".",
            "..",
            "..<",
            "?",
            "?:",
            "->",
            "&",
            "*",
            "**",
            "-",
            "--",
            "!",
            "<",
            ">>",
            "\n",
            "\r",
            "\t",
            "\0",
            "null",
            "true",
            "def ",
            "if (",
            "else ",
            "for (",
            "class A ",
            "new ",
            "return ",
            "in ",
            "as File",
            ".class",
            ".percent",
            ".hours",
            ".steps",
            "1e999999999",
            "0x1F",
            "9999999999999999999",
            "-1",
            "0",
            "1.5",
            "param(",
            "pipeline",
            "train",
            "rank",
            "it",
            "this",
            "\u00e9",
            "\ud83d\ude00",
            "\u202e",
            "\u0430");

    private final List<byte[]> corpus;

    PipelineTarget(SeedCorpus files) {
        List<byte[]> broken = new ArrayList<>();
        broken.addAll(files.files("dsl/src/test/resources/mistakes", ".groovy"));
        broken.addAll(files.files("dsl/src/test/resources/hostile", ".groovy"));
        List<byte[]> good = new ArrayList<>();
        good.addAll(files.files("dsl/src/test/resources/examples", ".groovy"));
        good.addAll(files.files("examples/quickstart", "pipeline.groovy"));
        good.addAll(files.files("examples/drift-retraining", "pipeline.groovy"));
        corpus = new ArrayList<>(broken);
        while (corpus.size() < 2 * broken.size()) {
            corpus.addAll(good);
        }
    }

    @Override
    public String name() {
        return "pipeline";
    }

    @Override
    public String entry() {
        return "`PipelineCompiler`, as every command and worker reads files";
    }

    @Override
    public Duration bound() {
        return Duration.ofSeconds(25);
    }

    @Override
    public Input input(Mutator mutator) {
        return new Input("pipeline.groovy", mutator.text(corpus, PIECES));
    }

    @Override
    public boolean open(Input input, Path folder) {
        // The source has no folder, so paths in it need not exist and valid files are accepted.
        PipelineSource source = PipelineSource.of(input.name(), input.bytes());
        Compilation compilation = PipelineCompiler.compile(source, Map.of());
        if (compilation.spec().isPresent() != compilation.problems().isEmpty()) {
            throw new IllegalStateException("the compiler returned both a spec and problems, or neither");
        }
        String printed = compilation.printed();
        if (printed.contains("Exception") || printed.contains("codehaus")) {
            throw new IllegalStateException("internals in a message: " + printed);
        }
        return compilation.spec().isPresent();
    }
}
