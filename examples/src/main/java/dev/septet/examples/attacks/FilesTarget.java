package dev.septet.examples.attacks;

import com.github.luben.zstd.Zstd;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.prepare.DatasetPreview;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.activities.prepare.Preparation;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.activities.source.SourceResolver;
import dev.septet.activities.source.SourceSet;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.workflows.RunRef;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** Documents, compressed dataset files and Parquet. A child process opens one input in 20. */
final class FilesTarget implements AttackTarget {
    private static final List<String> TEXT_NAMES = List.of("a.txt", "a.md", "a.html");

    private static final List<String> PIECES = List.of(
            "<p>",
            "</p>",
            "<div>".repeat(300),
            "<b a=1>",
            "<!--",
            "<script>",
            "</script>",
            "<pre>",
            "<table><tr><td>",
            "<plaintext>",
            "<svg><title>",
            "<template>",
            "<base href='http://127.0.0.1:1/'>",
            "&#x110000;",
            "&amp",
            "---\n",
            "```\n",
            "\n\n",
            "\r",
            "\f",
            "\0",
            "\ufeff",
            "\u202e",
            "\ud83d\ude00",
            "\u3002",
            ". ",
            "x".repeat(3000),
            " ".repeat(3000),
            "<|im_start|>",
            "a@b.example");

    private static final List<String> PDF_PIECES = List.of(
            "obj",
            "endobj",
            "stream\n",
            "endstream",
            "xref\n",
            "trailer\n",
            "startxref\n99999999\n",
            "<< /Length 99999999 >>",
            "/Kids [2 0 R]",
            "/Count 2147483647",
            "/Contents 5 0 R",
            "/Filter [/FlateDecode /LZWDecode]",
            "/Encrypt 1 0 R",
            "1 0 R",
            "[".repeat(2000),
            "<<".repeat(2000),
            "(x) Tj\n",
            "-1e38 0 Td\n",
            "/F1 99999 Tf\n");

    private final List<byte[]> texts;
    private final List<byte[]> pdfs;
    private final byte[] gzip;
    private final byte[] zstd;
    private final byte[] parquet;
    private final ModelRowEncoder encoder;

    FilesTarget(SeedCorpus files, Path scratch) throws IOException {
        String pages = "examples/documents/pages";
        texts = List.of(".txt", ".md", ".html").stream()
                .flatMap(ending -> files.files(pages, ending).stream())
                .toList();
        pdfs = files.files(pages, ".pdf");
        byte[] rows = "{\"text\": \"one\"}\n{\"text\": \"two\"}\n".repeat(20).getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(compressed)) {
            out.write(rows);
        }
        gzip = compressed.toByteArray();
        zstd = Zstd.compress(rows);
        parquet = parquet(Files.createDirectories(scratch).resolve("good.parquet"));
        encoder = new ModelRowEncoder(files.tinyModel(), 64);
    }

    private static byte[] parquet(Path file) throws IOException {
        Files.deleteIfExists(file);
        try (Connection database = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = database.createStatement()) {
            statement.execute("COPY (SELECT 'row ' || i AS text, i AS n FROM range(40) r(i)) TO '%s' (FORMAT parquet)"
                    .formatted(file.toString().replace("'", "''")));
        } catch (SQLException e) {
            throw new IOException(e);
        }
        return SeedCorpus.read(file);
    }

    @Override
    public String name() {
        return "files";
    }

    @Override
    public String entry() {
        return "the `prepare` stage with documents, compressed files and Parquet";
    }

    @Override
    public Duration bound() {
        return Duration.ofSeconds(60);
    }

    @Override
    public Input input(Mutator mutator) {
        if (mutator.once(20)) {
            return mutator.once(2)
                    ? new Input("a.pdf", mutator.text(pdfs, PDF_PIECES))
                    : new Input("a.parquet", mutator.binary(parquet, List.of(4, parquet.length - 8), parquet.length));
        }
        if (mutator.once(3)) {
            return mutator.once(2)
                    ? new Input("a.jsonl.gz", mutator.binary(gzip, List.of(3, gzip.length - 8), gzip.length))
                    : new Input("a.jsonl.zst", mutator.binary(zstd, List.of(4, 8), zstd.length));
        }
        return new Input(mutator.pick(TEXT_NAMES), mutator.text(texts, PIECES));
    }

    @Override
    public boolean open(Input input, Path folder) throws IOException {
        Path served = Files.createDirectory(folder.resolve("served"));
        Files.write(served.resolve(input.name()), input.bytes());
        boolean document = input.name().matches("a\\.(txt|md|html|pdf)");
        PrepareSpec spec = spec((document ? "documents('%s', chunk: 32, overlap: 8)" : "'%s'").formatted(input.name()));
        RunRef run = new RunRef("fuzz", "run", served.toString(), "0".repeat(64));
        PipelineFiles files = new PipelineFiles(new ActivitySettings(folder.resolve("store"), List.of(), List.of()));
        SourceSet sources = SourceResolver.withoutPipelines(files).resolve(run, spec);
        boolean taken = prepares(spec, sources, folder);
        if (taken != plans(spec, sources)) {
            throw new IllegalStateException("`plan` and `prepare` read the file differently");
        }
        return taken;
    }

    private static PrepareSpec spec(String source) {
        String pipeline = """
            pipeline('fuzz') {
                prepare {
                    dataset %s
                    maxBadRows 1000000
                    maxTokens 64
                }
                initialize { model 'model' }
                train { method lora() }
            }
            """.formatted(source);
        return PipelineCompiler.compile(PipelineSource.of("fuzz.groovy", pipeline), Map.of())
                .spec()
                .orElseThrow()
                .prepare();
    }

    private boolean prepares(PrepareSpec spec, SourceSet sources, Path folder) throws IOException {
        try {
            new Preparation(spec, sources, SourceDigest.of(sources), encoder, encoder.digest(), 1)
                    .run(
                            Files.createDirectory(folder.resolve("scratch")),
                            Files.createDirectory(folder.resolve("out")),
                            row -> {});
            return true;
        } catch (DatasetProblem refused) {
            return false;
        }
    }

    private boolean plans(PrepareSpec spec, SourceSet sources) throws IOException {
        try {
            DatasetPreview.of(spec, null, sources, SourceDigest.of(sources), encoder, null, 1, null, null);
            return true;
        } catch (DatasetProblem | StageProblem refused) {
            return false;
        }
    }

    @Override
    public void close() {
        encoder.close();
    }
}
