package dev.septet.activities.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.dataset.record.RecordTrace;
import dev.septet.activities.lineage.ForgottenRows;
import dev.septet.activities.lineage.LineageFile;
import dev.septet.activities.lineage.RowDigests;
import dev.septet.activities.lineage.RowTracing;
import dev.septet.activities.prepare.cleaning.LabelPass;
import dev.septet.activities.prepare.cleaning.SourceReaders;
import dev.septet.activities.prepare.contamination.TestFiles;
import dev.septet.activities.prepare.label.VoteCounts;
import dev.septet.activities.prepare.shard.ShardCleaning;
import dev.septet.activities.prepare.shard.ShardPlan;
import dev.septet.activities.prepare.shard.ShardPlanner;
import dev.septet.activities.prepare.shard.ShardedRows;
import dev.septet.activities.prepare.synthetic.SyntheticFiles;
import dev.septet.activities.source.SourceResolver;
import dev.septet.activities.source.SourceSet;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that shards clean become the same bytes as rows that are cleaned at once. */
@Tag("long")
class ShardedPreparationTest {
    private static final String WORDS = """
        maxBadRows 1000
        filter { row.prompt.length() > 3 }
        map answer: { row.answer.trim() }
        consent 'may_train'
        quality minLength: 3
        redact email, phone, replacement: %s
        deduplicate exact, near: 0.7
        decontaminate against: ['tests.jsonl'], ngram: 8
        represent on: 'topic'
        keep 'topic'
        split train: 80.percent, validation: 10.percent, test: 10.percent, stratify: 'topic', by: 'customer'
        balance on: 'topic', by: oversample
        maxTokens 64, longer: truncate
        """;

    private static final ForgottenRows NOTHING = new ForgottenRows(Set.of(), Set.of());

    @TempDir
    private Path folder;

    private static String row(Random random, int number) {
        String subject =
                List.of("the parcel", "my order", "an invoice", "the password").get(random.nextInt(4));
        String words = "please tell me why " + subject + " of customer " + random.nextInt(60) + " is late again today";
        if (random.nextInt(3) > 0) {
            StringBuilder other = new StringBuilder("say");
            for (int i = 0; i < 12; i++) {
                other.append(' ').append(Integer.toString(random.nextInt(40_000) + 40_000, 36));
            }
            words = other.toString();
        }
        String prompt = random.nextInt(5) == 0 ? words + " mail a" + random.nextInt(9) + "@example.org" : words;
        String answer = random.nextInt(9) == 0
                ? "no"
                : (random.nextInt(4) > 0 ? "wait for " : "call +43 664 123456" + random.nextInt(9) + " or ")
                        + random.nextInt(40)
                        + " x".repeat(number % 50);
        return String.format(
                Locale.ROOT,
                "{\"prompt\":\"%s\",\"completion\":\" %s\",\"may_train\":%s,\"topic\":\"t%d\",\"customer\":\"c%d\"}",
                prompt,
                answer,
                random.nextInt(8) != 0,
                random.nextInt(3),
                random.nextInt(40));
    }

    @BeforeEach
    void write() throws IOException {
        Random random = new Random(9);
        StringBuilder large = new StringBuilder("\uFEFF");
        for (int i = 0; i < 300; i++) {
            large.append(
                    switch (i % 50) {
                        case 20 -> "{broken";
                        case 21 -> "";
                        case 22 -> "   ";
                        case 23 ->
                            "{\"prompt\":\"a lone \\ud800 surrogate\",\"completion\":\"yes it is\","
                                    + "\"may_train\":true,\"topic\":\"t1\",\"customer\":\"c1\"}";
                        case 24 ->
                            "{\"prompt\":\"" + "long ".repeat(300) + "\",\"completion\":\"yes it is\","
                                    + "\"may_train\":true,\"topic\":\"t1\",\"customer\":\"c1\"}";
                        default -> row(random, i);
                    });
            large.append(i % 7 == 0 ? "\r\n" : "\n");
        }
        large.append(row(random, 7)); // no line end
        Files.writeString(folder.resolve("large.jsonl"), large);
        Path parts = Files.createDirectory(folder.resolve("parts"));
        for (int file = 0; file < 3; file++) {
            Files.writeString(parts.resolve(file + ".jsonl"), row(random, file) + "\n" + row(random, file + 9));
        }
        Files.writeString(parts.resolve("3.jsonl"), "");
        Files.writeString(
                folder.resolve("few.csv"),
                "prompt,completion,may_train,topic,customer\nwhere is the last invoice,it is here,true,t0,c9\n");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("packed.jsonl.gz")))) {
            out.write((row(random, 3) + "\n" + row(random, 5) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        Files.writeString(
                folder.resolve("tests.jsonl"),
                "{\"prompt\":\"please tell me why my order of customer 7 is late again"
                        + " today\",\"completion\":\"a\"}\n");
    }

    private static PrepareSpec spec(String replacement) {
        return SourceRun.spec("dataset 'large.jsonl'\ndataset 'parts/*.jsonl', limit: 5\ndataset 'few.csv'\n"
                + "dataset 'packed.jsonl.gz'\n" + WORDS.formatted(replacement));
    }

    private SourceSet sources(PrepareSpec spec) throws IOException {
        return SourceResolver.withoutPipelines(SourceRun.files(folder)).resolve(SourceRun.run(folder), spec);
    }

    private TestFiles tests() throws IOException {
        return new TestFiles(
                List.of(new TestFiles.TestFile(new SourceFile(folder.resolve("tests.jsonl"), "tests.jsonl"))),
                "digest");
    }

    private interface Work {
        void run(Preparation preparation, Path scratch, Path out) throws IOException;
    }

    private Map<String, String> files(PrepareSpec spec, ModelRowEncoder encoder, Work work) throws IOException {
        Path scratch = Files.createTempDirectory(folder, "scratch");
        Path out = Files.createTempDirectory(folder, "out");
        SourceSet sources = sources(spec);
        work.run(
                new Preparation(spec, sources, SourceDigest.of(sources), encoder, encoder.digest(), 1, tests()),
                scratch,
                out);
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(out)) {
            for (Path file : all.toList()) {
                byte[] bytes = Files.readAllBytes(file);
                boolean text = !file.toString().endsWith(".safetensors");
                files.put(
                        file.getFileName().toString(),
                        text
                                ? new String(bytes, StandardCharsets.UTF_8)
                                : HexFormat.of().formatHex(bytes));
            }
        }
        return files;
    }

    private ShardPlan plan(PrepareSpec spec, ModelRowEncoder encoder, long shardBytes) throws IOException {
        SourceSet sources = sources(spec);
        Path file = Files.createTempDirectory(folder, "plan");
        VoteCounts votes = LabelPass.votes(spec, sources, encoder, RecordTrace.NONE, rows -> {});
        new ShardPlanner(sources, SourceReaders.labelling(spec, encoder, votes, () -> {}), shardBytes)
                .plan(SourceDigest.of(sources), votes, bytes -> {})
                .write(file);
        return ShardPlan.read(file);
    }

    /** Cleans the shards in some order, and merges them. */
    private Map<String, String> sharded(PrepareSpec spec, ModelRowEncoder encoder, ShardPlan plan) throws IOException {
        SourceSet sources = sources(spec);
        byte[] secret = SourceDigest.of(sources).key();
        List<Path> cleaned = new ArrayList<>();
        for (int i = 0; i < plan.shards().size(); i++) {
            cleaned.add(Files.createTempDirectory(folder, "shard"));
        }
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, plan.shards().size()).boxed().toList());
        Collections.shuffle(order, new Random(plan.shards().size()));
        for (int shard : order) {
            var unused = new ShardCleaning(spec, plan, sources(spec), encoder, tests(), secret)
                    .run(shard, cleaned.get(shard), (bytes, rows) -> {});
        }
        return files(spec, encoder, (preparation, scratch, out) -> {
            try (ShardedRows rows = new ShardedRows(plan, cleaned::get)) {
                preparation.merge(rows, AddedRows.NONE, scratch, out, read -> {});
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"pseudonym", "hash", "drop"})
    void theBytesDoNotDependOnTheShards(String replacement) throws IOException {
        PrepareSpec spec = spec(replacement);
        try (ModelRowEncoder encoder = new ModelRowEncoder(TinyModels.chat(), spec.maxTokens())) {
            Map<String, String> atOnce =
                    files(spec, encoder, (preparation, scratch, out) -> preparation.run(scratch, out, rows -> {}));
            assertThat(atOnce.get("quarantine.jsonl")).contains("large.jsonl:21\"");
            assertThat(atOnce.get("contaminated.jsonl")).isNotEmpty();
            assertThat(atOnce.get("near-duplicates.jsonl")).isNotEmpty();
            assertThat(atOnce.get("redactions.jsonl")).contains("EMAIL", "PHONE");
            assertThat(atOnce.get("card.json")).contains("\"truncated\"");
            for (long shardBytes : List.of(1L, 700L, 5_000L, 1L << 40)) {
                ShardPlan plan = plan(spec, encoder, shardBytes);
                assertThat(plan.shards().size()).isBetween(4, 1000);
                assertThat(plan.shards().size() == 4).as("one for each source").isEqualTo(shardBytes == 1L << 40);
                assertThat(sharded(spec, encoder, plan))
                        .as("shards of %d bytes", shardBytes)
                        .isEqualTo(atOnce);
            }
        }
    }

    /** The label of a row depends on the votes of all rows, and the shards see only some. */
    @ParameterizedTest
    @ValueSource(strings = {"", ", unlabelled: keep"})
    void theLabelsDoNotDependOnTheShards(String unlabelled) throws IOException {
        PrepareSpec spec = SourceRun.spec("""
            dataset 'large.jsonl'
            dataset 'parts/*.jsonl', limit: 5
            dataset 'few.csv'
            dataset 'packed.jsonl.gz'
            maxBadRows 1000
            keep 'late'
            filter { row.prompt.length() > 3 }
            label('late', gold: 'topic'%s) {
                vote('t1') { row.prompt.contains('late') }
                vote('t1') { row.prompt.contains('parcel') }
                vote('t2') { row.prompt.contains('order') }
                vote('t2') { row.completion.contains('call') }
                vote('t0') { row.completion.contains('x x x x x') }
            }
            maxTokens 64, longer: truncate
            """.formatted(unlabelled));
        try (ModelRowEncoder encoder = new ModelRowEncoder(TinyModels.chat(), spec.maxTokens())) {
            Map<String, String> atOnce =
                    files(spec, encoder, (preparation, scratch, out) -> preparation.run(scratch, out, rows -> {}));
            assertThat(atOnce.get("card.json")).contains("\"conflicts\"", "\"majorityAccuracy\"");
            assertThat(atOnce.get("train.jsonl")).contains("\"late\":\"t1\"", "\"late\":\"t2\"");
            for (long shardBytes : List.of(1L, 5_000L)) {
                ShardPlan plan = plan(spec, encoder, shardBytes);
                assertThat(sharded(spec, encoder, plan))
                        .as("shards of %d bytes", shardBytes)
                        .isEqualTo(atOnce);
            }
            // A shard has other labels when other rows vote, so its stored rows are not reused then.
            ShardPlan before = plan(spec, encoder, 5_000);
            String packed = "{\"prompt\":\"my order is late\",\"completion\":\"call us\"}\n";
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("packed.jsonl.gz")))) {
                out.write(packed.repeat(40).getBytes(StandardCharsets.UTF_8));
            }
            ShardPlan after = plan(spec, encoder, 5_000);
            assertThat(after.shards().get(0)).isEqualTo(before.shards().get(0));
            assertThat(after.digest(after.shards().get(0)))
                    .isNotEqualTo(before.digest(before.shards().get(0)));
        }
    }

    /** The lineage, forgotten rows and made rows do not depend on the shards either. */
    @Test
    void lineageAndForgottenRowsDoNotDependOnTheShards() throws IOException {
        PrepareSpec spec =
                SourceRun.spec("dataset 'large.jsonl'\ndataset 'parts/*.jsonl', limit: 5\ndataset 'few.csv'\n"
                        + "dataset 'packed.jsonl.gz'\n" + WORDS.formatted("pseudonym")
                        + "augment casing, typos, copies: 2\n");
        LocalStore store = new LocalStore(folder.resolve("store"));
        Fence fence = new Fence("run/prepare", 1);
        store.open(fence);
        RowDigests digests = RowDigests.of(store, fence);
        try (ModelRowEncoder encoder = new ModelRowEncoder(TinyModels.chat(), spec.maxTokens())) {
            Map<String, String> before = traced(spec, encoder, new RowTracing(digests, NOTHING), null);
            ForgottenRows forgotten = someOf(Objects.requireNonNull(before.get(LineageFile.NAME)));
            RowTracing tracing = new RowTracing(digests, forgotten);
            Map<String, String> atOnce = traced(spec, encoder, tracing, null);
            assertThat(atOnce.get("card.json")).contains("\"byRecord\" : 3", "\"synthetic\"");
            assertThat(SpecJson.mapper()
                            .readTree(atOnce.get("card.json"))
                            .at("/forgotten/byText")
                            .asLong())
                    .isGreaterThanOrEqualTo(3);
            assertThat(atOnce.get(LineageFile.NAME))
                    .doesNotContain(forgotten.digests().toArray(String[]::new));
            assertThat(atOnce.get(LineageFile.NAME))
                    .doesNotContain(forgotten.contents().toArray(String[]::new));
            for (long shardBytes : List.of(700L, 5_000L)) {
                assertThat(traced(spec, encoder, tracing, plan(spec, encoder, shardBytes)))
                        .as("shards of %d bytes", shardBytes)
                        .isEqualTo(atOnce);
            }
        }
    }

    /** Three training rows by their records, and three others by their texts. */
    private static ForgottenRows someOf(String lineage) throws IOException {
        List<String> records = new ArrayList<>();
        List<String> contents = new ArrayList<>();
        for (String line : lineage.lines().toList()) {
            JsonNode row = SpecJson.mapper().readTree(line);
            if (row.isArray()
                    && records.size() < 3
                    && !records.contains(row.get(4).asText())) {
                records.add(row.get(4).asText());
            } else if (row.isArray()
                    && contents.size() < 3
                    && !records.contains(row.get(4).asText())
                    && !contents.contains(row.get(6).asText())) {
                contents.add(row.get(6).asText());
            }
        }
        return new ForgottenRows(Set.copyOf(records), Set.copyOf(contents));
    }

    /** The files of the dataset and of its lineage. */
    private Map<String, String> traced(
            PrepareSpec spec, ModelRowEncoder encoder, RowTracing tracing, @Nullable ShardPlan plan)
            throws IOException {
        Path lineage = Files.createTempDirectory(folder, "lineage");
        Work traced = (preparation, scratch, out) -> {
            preparation
                    .making(
                            SyntheticFiles.of(SourceRun.files(folder), SourceRun.run(folder), spec.syntheticOrNone()),
                            SyntheticRows.Generating.NONE,
                            (doing, done, total) -> {})
                    .tracing(tracing, lineage);
            if (plan == null) {
                preparation.run(scratch, out, rows -> {});
                return;
            }
            List<Path> cleaned = new ArrayList<>();
            for (int shard = 0; shard < plan.shards().size(); shard++) {
                cleaned.add(Files.createTempDirectory(folder, "shard"));
                var unused = new ShardCleaning(spec, plan, sources(spec), encoder, tests(), new byte[1])
                        .tracing(tracing)
                        .run(shard, cleaned.get(shard), (bytes, rows) -> {});
            }
            try (ShardedRows rows = new ShardedRows(plan, cleaned::get)) {
                preparation.merge(rows, AddedRows.NONE, scratch, out, read -> {});
            }
        };
        Map<String, String> files = files(spec, encoder, traced);
        files.put(LineageFile.NAME, Files.readString(lineage.resolve(LineageFile.NAME)));
        return files;
    }

    @Test
    void aFileThatChangedIsRefused() throws IOException {
        PrepareSpec spec = spec("mask");
        try (ModelRowEncoder encoder = new ModelRowEncoder(TinyModels.chat(), spec.maxTokens())) {
            ShardPlan plan = plan(spec, encoder, 5_000);
            String text = Files.readString(folder.resolve("large.jsonl"));
            Files.writeString(folder.resolve("large.jsonl"), text.replace("parcel", "Parcel"));
            assertThatThrownBy(() -> sharded(spec, encoder, plan))
                    .isInstanceOf(DatasetProblem.class)
                    .hasMessage("large.jsonl changed while its rows were prepared; start the run again when nothing"
                            + " writes to the file");
            Files.writeString(folder.resolve("large.jsonl"), text.substring(0, text.length() - 200));
            assertThatThrownBy(() -> sharded(spec, encoder, plan)).isInstanceOf(DatasetProblem.class);
            Files.writeString(folder.resolve("large.jsonl"), text);
            Files.writeString(folder.resolve("few.csv"), "prompt,completion\na,b\n");
            assertThatThrownBy(() -> sharded(spec, encoder, plan))
                    .isInstanceOf(DatasetProblem.class)
                    .hasMessageStartingWith("few.csv changed");
        }
    }
}
