package dev.septet.dsl.vocabulary;

import dev.septet.dsl.expression.RequiredResult;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.Extensions;
import dev.septet.dsl.pipeline.ExpressionSpec;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.FilterSpec;
import dev.septet.dsl.pipeline.prepare.HubDatasetSpec;
import dev.septet.dsl.pipeline.prepare.MapSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.dsl.pipeline.prepare.SourceSpec;
import dev.septet.dsl.pipeline.prepare.SplitSpec;
import dev.septet.dsl.pipeline.prepare.TransformSpec;
import dev.septet.dsl.vocabulary.value.Duplicates;
import dev.septet.dsl.vocabulary.value.Source;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.LiteralText;
import dev.septet.dsl.vocabulary.word.Option;
import dev.septet.dsl.vocabulary.word.PathTo;
import dev.septet.dsl.vocabulary.word.Percent;
import dev.septet.dsl.vocabulary.word.Refusal;
import dev.septet.dsl.vocabulary.word.Repeatable;
import dev.septet.dsl.vocabulary.word.Required;
import dev.septet.dsl.vocabulary.word.RowExpression;
import dev.septet.dsl.vocabulary.word.TextShorthand;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Dataset preparation: the rows that the model learns from, cleaned and split. */
public final class PrepareDsl extends StageDsl {
    private final List<SourceSpec> sources = new ArrayList<>();
    private int maxBadRows = PrepareSpec.DEFAULT_MAX_BAD_ROWS;
    private final List<TransformSpec> transforms = new ArrayList<>();
    private final List<String> keep = new ArrayList<>();
    private boolean deduplicate;
    private @Nullable RedactSpec redact;
    private SplitSpec split = SplitSpec.DEFAULT;
    private int maxTokens = PrepareSpec.DEFAULT_MAX_TOKENS;
    private PrepareSpec.@Nullable LongRows longer;

    PrepareDsl() {
        super(PrepareSpec.DEFAULT_POLICY);
    }

    /**
     * The rows: dataset files and the format of their rows, or the rows that another pipeline prepared. The files are
     * one .jsonl, .json or .csv file, also with .gz or .zst; a folder such as {@code 'data/'}; or a pattern such as
     * {@code 'data/*.jsonl'}. A row is a bad row if it has a field that would change what the row teaches, such as {@code tools}, {@code weight}
     * or {@code label}. A field that {@code filter} or {@code map} reads does not make a row bad.
     *
     * <p>A pipeline may read several datasets. {@code share:} is a dataset's part of the training rows; Septet leaves
     * out rows of the others to reach it. {@code weight:} is how often each row is in the training split. {@code
     * limit:} is the largest number of rows that are used. {@code split:} puts all rows into one split. {@code
     * licence:} is recorded in the dataset card and in the model card.
     */
    @Required
    @Repeatable
    @Example("dataset 'data/rows.jsonl'")
    public void dataset(
            @TextShorthand("file") @Example("'data/rows.jsonl'") Source source,
            @Option @Nullable ExtensibleChoice<DatasetFormat> format,
            @Option @Example("30.percent") @Nullable Percent share,
            @Option @Example("2.0") @Nullable Double weight,
            @Option @Example("1000") @Nullable Long limit,
            @Option SourceSpec.@Nullable Part split,
            @Option @Example("'cc-by-4.0'") @Nullable String licence) {
        Refusal.unless(
                format == null || source.pipeline() == null,
                "format: is only for a dataset file, not for the rows of a pipeline");
        Refusal.unless(
                format == null || format.extension() == null || source.huggingFace() == null,
                "format: of a dataset of the Hub is one of Septet's own formats");
        requireReader(source, format == null ? null : format.declared());
        sources.add(new SourceSpec(
                source.path(),
                source.pipeline(),
                format == null || format.builtIn() == null ? DatasetFormat.AUTO : format.builtIn(),
                format == null ? null : format.extension(),
                share == null ? null : share.value(),
                weight,
                limit,
                split,
                licence,
                source.huggingFace()));
    }

    /** A file that only a jar's format reads names that format. */
    private static void requireReader(Source source, @Nullable ExtensionWord declared) {
        String path = source.path() == null ? "" : source.path().toLowerCase(Locale.ROOT);
        for (Extensions.Installed format : Extensions.here().of(ExtensionWord.Kind.FORMAT)) {
            ExtensionWord word = format.word();
            boolean its = word.endings().stream().anyMatch(path::endsWith) && !path.matches(".*\\.(jsonl|json|csv)");
            if (its && (declared == null || !declared.endings().stream().anyMatch(path::endsWith))) {
                throw new Refusal(
                        "'%s' is read by format: %s only".formatted(source.path(), word.name()),
                        "Write `dataset '%s', format: %s`.".formatted(source.path(), word.example()));
            }
        }
    }

    /** A file of rows. Plain text after {@code dataset} means the same. */
    @Example("file('data/rows.jsonl')")
    public Source file(@PathTo(PathTo.Place.DATASET) @Example("'data/rows.jsonl'") String path) {
        return new Source(path, null, null);
    }

    /** The rows that another pipeline prepared. The value is that pipeline's name in the catalogue. */
    @Example("pipeline('tickets')")
    public Source pipeline(@Example("'tickets'") String name) {
        Refusal.unless(
                name.matches(PipelineSpec.NAME_PATTERN),
                "a pipeline's name has letters, digits and '-', at most 64 of them, got '%s'",
                name);
        return new Source(null, name, null);
    }

    /**
     * A dataset of the Hugging Face Hub. {@code revision:} is a branch, a tag or a commit; {@code main} by default.
     * {@code config:} and {@code split:} are the Hub's; {@code default} and {@code train} by default.
     */
    @Example("huggingFace('HuggingFaceH4/no_robots')")
    public Source huggingFace(
            @Example("'HuggingFaceH4/no_robots'") String name,
            @Option @Example("'main'") @Nullable String revision,
            @Option @Example("'default'") @Nullable String config,
            @Option @Example("'train'") @Nullable String split) {
        return new Source(
                null,
                null,
                new HubDatasetSpec(
                        name,
                        revision == null ? "main" : revision,
                        config == null ? "default" : config,
                        split == null ? "train" : split));
    }

    /** The largest number of bad rows, which the stage leaves out. With more bad rows, the stage fails. At least 0. */
    @Example("maxBadRows 10")
    public void maxBadRows(@Example("10") int count) {
        Refusal.unless(count >= 0, "maxBadRows must be at least 0, got %s", count);
        maxBadRows = count;
    }

    /**
     * Keeps the rows for which the expression is true. {@code row} has the fields of the file's rows.
     * {@code row.prompt} and {@code row.answer} exist in every format.
     */
    @Repeatable
    @Example("filter { row.answer.length() > 20 }")
    public void filter(
            @RowExpression(RequiredResult.TRUTH) @Example("{ row.answer.length() > 20 }") ExpressionSpec keep) {
        transforms.add(new FilterSpec(keep));
    }

    /**
     * Sets fields of every row, each to the value of its expression. All expressions of one {@code map} see the row
     * before the change. Filters and maps run in the order of the file.
     */
    @Repeatable
    @Example("map answer: { row.answer.trim() }")
    public void map(
            @Option @RowExpression(RequiredResult.VALUE) @Example("{ row.answer.trim() }")
                    Map<String, ExpressionSpec> fields) {
        transforms.add(new MapSpec(fields));
    }

    /**
     * Keeps columns of the dataset beside the prepared rows, in their object {@code meta}. The model does not see them.
     * Without this word, only the fields of the format stay.
     */
    @Repeatable
    @Example("keep 'topic', 'language'")
    public void keep(@Example("'topic'") String... columns) {
        keep.addAll(List.of(columns));
    }

    /** Drops rows that duplicate an earlier row. */
    @Example("deduplicate exact")
    public void deduplicate(Duplicates which) {
        deduplicate = which == Duplicates.EXACT;
    }

    /**
     * Removes personal data from the rows and puts the replacement in its place. {@code regions:} adds regions whose
     * phone numbers are also recognized in national form.
     */
    @Example("redact email, phone, replacement: mask, regions: ['IN', 'BR']")
    public void redact(
            @Option RedactSpec.@Nullable Replacement replacement,
            @Option @Example("['IN', 'BR']") @Nullable List<String> regions,
            RedactSpec.Kind... kinds) {
        redact = new RedactSpec(
                EnumSet.copyOf(List.of(kinds)),
                replacement == null ? RedactSpec.Replacement.MASK : replacement,
                RedactSpec.checked(regions));
    }

    /** The shares of the rows for training, for validation during training, and for the test. Their sum is 100. */
    @Example("split train: 80.percent, validation: 10.percent, test: 10.percent")
    public void split(
            @Option @Example("80.percent") Percent train,
            @Option @Example("10.percent") @Nullable Percent validation,
            @Option @Example("10.percent") @Nullable Percent test) {
        double watching = validation == null ? 0 : validation.value();
        double testing = test == null ? 0 : test.value();
        double all = train.value() + watching + testing;
        Refusal.unless(
                Math.abs(all - 100) < 1e-9,
                "split shares must sum to 100.percent, got %s.percent",
                LiteralText.of(all));
        split = new SplitSpec(train.value(), watching, testing);
    }

    /**
     * The largest number of tokens in a row, at least 8. {@code longer:} is what happens to a longer row; {@code fail}
     * by default.
     */
    @Example("maxTokens 1024, longer: drop")
    public void maxTokens(@Example("1024") int count, @Option PrepareSpec.@Nullable LongRows longer) {
        Refusal.unless(count >= 8, "maxTokens must be at least 8, got %s", count);
        maxTokens = count;
        this.longer = longer;
    }

    PrepareSpec spec() {
        SourceSpec only = sources.size() == 1 && sources.get(0).plain() ? sources.get(0) : null;
        return new PrepareSpec(
                only == null ? null : only.path(),
                only == null ? null : only.pipeline(),
                only == null ? DatasetFormat.AUTO : only.format(),
                maxBadRows,
                transforms,
                deduplicate,
                redact,
                split,
                maxTokens,
                longer,
                only == null ? null : only.extension(),
                only == null ? sources : List.of(),
                keep,
                policy());
    }
}
