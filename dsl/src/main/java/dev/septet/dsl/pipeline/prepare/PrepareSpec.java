package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.Checks;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.StageSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The dataset preparation stage of a pipeline file.
 *
 * @param dataset path of a .jsonl, .json or .csv file; null when {@code pipeline} or {@code sources} is set
 * @param pipeline name of a pipeline whose prepared rows are the data; null when {@code dataset} or {@code sources} is
 *     set
 * @param transforms filters and maps, in the order of the file
 * @param maxBadRows the number of rows that may be quarantined before the stage fails
 * @param deduplicate whether rows equal to an earlier one are dropped
 * @param redact null when personal data is not redacted
 * @param maxTokens the largest number of tokens in a row, by the base model's tokenizer
 * @param longer what happens to a longer row; null means {@link LongRows#FAIL}, as in requests of earlier versions
 * @param extension the jar's word that reads the file, whose records have the fields of {@code format}; null for a
 *     file that Septet itself reads
 * @param sources where the rows come from, in the order of the file; empty for one source without options, which
 *     {@code dataset}, {@code pipeline}, {@code format} and {@code extension} describe
 * @param keep names of columns that stay beside the prepared rows
 * @param balance null when the classes of the training split keep their sizes
 * @param cleaning further rows to remove; null for none
 * @param names the names that the files use instead of those of their format; null for none
 * @param synthetic rows that are made from the training rows; null for none
 * @param label a field whose value labelling functions decide; null for none
 * @param parallel number of shards of the rows that are cleaned at once, by as many workers as poll; null to clean all rows
 *     in one activity
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PrepareSpec(
        @Nullable String dataset,
        @Nullable String pipeline,
        DatasetFormat format,
        int maxBadRows,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<TransformSpec> transforms,
        boolean deduplicate,
        @Nullable RedactSpec redact,
        SplitSpec split,
        int maxTokens,
        @Nullable LongRows longer,
        @Nullable ExtensionSpec extension,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<SourceSpec> sources,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> keep,
        @Nullable BalanceSpec balance,
        @Nullable CleaningSpec cleaning,
        @Nullable RowNamesSpec names,
        @Nullable SyntheticSpec synthetic,
        @Nullable LabelSpec label,
        @Nullable Integer parallel,
        StagePolicy policy)
        implements StageSpec {
    public static final int DEFAULT_MAX_BAD_ROWS = 0;
    public static final int DEFAULT_MAX_TOKENS = 512;

    /** The largest number of {@link #keep}. */
    public static final int MAX_KEPT = 50;

    /** Fields that a row of some format has, or that {@code prepare} writes. */
    private static final Set<String> OWN_FIELDS = Set.of(
            "messages",
            "tools",
            "instruction",
            "input",
            "output",
            "prompt",
            "completion",
            "text",
            "chosen",
            "rejected",
            "source",
            "meta");

    /** The largest number of {@link #parallel}. */
    public static final int MAX_PARALLEL = 100;

    /** The largest number of {@link #sources}. */
    public static final int MAX_SOURCES = 100;

    public static final StagePolicy DEFAULT_POLICY = StagePolicy.within(Duration.ofHours(6));

    /** Formats whose rows may have roles of other names. */
    private static final Set<DatasetFormat> ROLE_FORMATS =
            Set.of(DatasetFormat.AUTO, DatasetFormat.SHAREGPT, DatasetFormat.PREFERENCE);

    public PrepareSpec {
        transforms = Checks.orEmpty(transforms);
        sources = Checks.orEmpty(sources);
        require(
                sources.isEmpty()
                        ? (dataset == null) != (pipeline == null)
                        : dataset == null && pipeline == null && extension == null && format == DatasetFormat.AUTO,
                "dataset needs a path, or one pipeline's name");
        checkSources(sources);
        require(
                split.folds() == null || sources.stream().allMatch(source -> source.split() != SourceSpec.Part.TEST),
                "folds: decides which rows test, and so does split: test of a dataset; declare one of them");
        require(
                balance == null
                        || sources.stream().allMatch(source -> source.share() == null && source.weight() == null),
                "balance decides how often a row is in the training split, and so do share: and weight: of a dataset;"
                        + " declare one of them");
        keep = Checks.orEmpty(keep);
        checkKept(keep);
        require(dataset == null || !dataset.isBlank(), "dataset needs a path");
        require(
                pipeline == null || pipeline.matches(PipelineSpec.NAME_PATTERN),
                "a pipeline's name has letters, digits and '-', at most 64 of them, got '%s'",
                pipeline);
        require(maxBadRows >= 0, "maxBadRows must be at least 0, got %s", maxBadRows);
        require(maxTokens >= 8, "maxTokens must be at least 8, got %s", maxTokens);
        for (SourceSpec source : sources) {
            if (source.documents() != null) {
                source.documents().check(maxTokens);
            }
        }
        require(
                parallel == null || (parallel >= 1 && parallel <= MAX_PARALLEL),
                "parallel must be from 1 to %s, got %s",
                MAX_PARALLEL,
                parallel);
        longer = longer == LongRows.FAIL ? null : longer;
        cleaning = CleaningSpec.NONE.equals(cleaning) ? null : cleaning;
        synthetic = SyntheticSpec.NONE.equals(synthetic) ? null : synthetic;
        require(
                synthetic == null || (!keep.contains(SyntheticSpec.KIND) && !keep.contains(SyntheticSpec.PARENT)),
                "keep: the columns 'synthetic' and 'parent' describe the rows that augment, counterfactual and generate"
                        + " make; rename your column with `map`");
        require(
                !readsPipeline(pipeline, sources)
                        || cleaning == null
                        || (cleaning.consent() == null && !readsField(cleaning)),
                "consent and represent on: read a field of the file's rows, but the prepared rows of a pipeline have"
                        + " only their texts; use them in that pipeline");
        require(
                label == null
                        || (!readsPipeline(pipeline, sources)
                                && sources.stream().allMatch(source -> source.reviewed() == null)),
                "label reads the fields of a file's rows, but prepared and reviewed rows have only their texts;"
                        + " use it where the rows are read from files");
        require(
                sources.stream().allMatch(source -> source.reviewed() == null)
                        || cleaning == null
                        || (cleaning.consent() == null && !readsField(cleaning)),
                "consent and represent on: read a field of the rows, but reviewed rows have only their messages");
        if (names != null) {
            require(
                    !readsPipeline(pipeline, sources),
                    "columns and roles are about files; the rows of a pipeline have the names of their format");
            require(
                    sources.stream().allMatch(source -> source.reviewed() == null),
                    "columns and roles are about files; reviewed rows have the names of chats");
            List<DatasetFormat> formats = sources.isEmpty()
                    ? List.of(format)
                    : sources.stream().map(SourceSpec::format).toList();
            formats.forEach(each -> checkNames(names, each));
            require(
                    names.roles().isEmpty() || formats.stream().anyMatch(ROLE_FORMATS::contains),
                    "roles is about rows of the format sharegpt or preference, but no dataset has one of them");
        }
    }

    private static void checkNames(RowNamesSpec names, DatasetFormat format) {
        RowNamesSpec.unknown(names, format).ifPresent(field -> {
            throw new IllegalArgumentException("rows of format %s have no field '%s'; they have %s"
                    .formatted(format.name().toLowerCase(Locale.ROOT), field, String.join(", ", format.fields())));
        });
    }

    private static boolean readsPipeline(@Nullable String pipeline, List<SourceSpec> sources) {
        return pipeline != null || sources.stream().anyMatch(source -> source.pipeline() != null);
    }

    private static boolean readsField(CleaningSpec cleaning) {
        return cleaning.represent() != null && cleaning.represent().on() != null;
    }

    private static void checkKept(List<String> names) {
        require(names.size() <= MAX_KEPT, "keep takes at most %s columns", MAX_KEPT);
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            require(
                    name.length() <= 64 && !name.isBlank() && name.codePoints().noneMatch(Character::isISOControl),
                    "keep needs the names of columns, each with 1 to 64 characters");
            require(!OWN_FIELDS.contains(name), "keep: '%s' is a field of the rows themselves", name);
            require(seen.add(name), "keep: '%s' is named twice", name);
        }
    }

    private static void checkSources(List<SourceSpec> sources) {
        require(sources.size() <= MAX_SOURCES, "a pipeline reads at most %s datasets", MAX_SOURCES);
        List<Double> shares = new ArrayList<>();
        Set<String> names = new HashSet<>();
        int training = 0;
        for (SourceSpec source : sources) {
            require(names.add(source.name()), "dataset '%s' is declared twice", source.name());
            training += source.trains() ? 1 : 0;
            if (source.share() != null) {
                shares.add(source.share());
            }
        }
        require(sources.isEmpty() || training > 0, "no dataset is left for training: split: puts all rows elsewhere");
        if (!shares.isEmpty()) {
            require(
                    shares.size() == training,
                    "%s of %s datasets for training declare a share; declare it for all of them or for none",
                    shares.size(),
                    training);
            double all = shares.stream().mapToDouble(Double::doubleValue).sum();
            require(Math.abs(all - 100) < 1e-9, "the shares of the datasets must sum to 100.percent, got %s", all);
        }
    }

    /** A spec whose rows come from {@code dataset} or {@code pipeline} only. */
    public PrepareSpec(
            @Nullable String dataset,
            @Nullable String pipeline,
            DatasetFormat format,
            int maxBadRows,
            List<TransformSpec> transforms,
            boolean deduplicate,
            @Nullable RedactSpec redact,
            SplitSpec split,
            int maxTokens,
            @Nullable LongRows longer,
            @Nullable ExtensionSpec extension,
            StagePolicy policy) {
        this(
                dataset,
                pipeline,
                format,
                maxBadRows,
                transforms,
                deduplicate,
                redact,
                split,
                maxTokens,
                longer,
                extension,
                List.of(),
                List.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                policy);
    }

    /** One of a file that Septet itself reads. */
    public PrepareSpec(
            @Nullable String dataset,
            @Nullable String pipeline,
            DatasetFormat format,
            int maxBadRows,
            List<TransformSpec> transforms,
            boolean deduplicate,
            @Nullable RedactSpec redact,
            SplitSpec split,
            int maxTokens,
            @Nullable LongRows longer,
            StagePolicy policy) {
        this(
                dataset,
                pipeline,
                format,
                maxBadRows,
                transforms,
                deduplicate,
                redact,
                split,
                maxTokens,
                longer,
                null,
                policy);
    }

    /** A spec in which longer rows are unusable. */
    public PrepareSpec(
            @Nullable String dataset,
            @Nullable String pipeline,
            DatasetFormat format,
            int maxBadRows,
            List<TransformSpec> transforms,
            boolean deduplicate,
            @Nullable RedactSpec redact,
            SplitSpec split,
            int maxTokens,
            StagePolicy policy) {
        this(dataset, pipeline, format, maxBadRows, transforms, deduplicate, redact, split, maxTokens, null, policy);
    }

    /** The further rows to remove. */
    public CleaningSpec cleaningOrNone() {
        return cleaning == null ? CleaningSpec.NONE : cleaning;
    }

    /** The rows that are made from the training rows. */
    public SyntheticSpec syntheticOrNone() {
        return synthetic == null ? SyntheticSpec.NONE : synthetic;
    }

    /** This spec with balanced classes. */
    public PrepareSpec with(@Nullable BalanceSpec balance) {
        return with(balance, cleaning, names, synthetic, parallel);
    }

    /** This spec with further rows to remove. */
    public PrepareSpec with(@Nullable CleaningSpec cleaning) {
        return with(balance, cleaning, names, synthetic, parallel);
    }

    /** This spec with other names in its files. */
    public PrepareSpec with(@Nullable RowNamesSpec names) {
        return with(balance, cleaning, names, synthetic, parallel);
    }

    /** This spec with rows that are made from its training rows. */
    public PrepareSpec with(@Nullable SyntheticSpec synthetic) {
        return with(balance, cleaning, names, synthetic, parallel);
    }

    /** This spec with another number of shards at once. */
    public PrepareSpec with(@Nullable Integer parallel) {
        return with(balance, cleaning, names, synthetic, parallel);
    }

    private PrepareSpec with(
            @Nullable BalanceSpec balance,
            @Nullable CleaningSpec cleaning,
            @Nullable RowNamesSpec names,
            @Nullable SyntheticSpec synthetic,
            @Nullable Integer parallel) {
        return new PrepareSpec(
                dataset,
                pipeline,
                format,
                maxBadRows,
                transforms,
                deduplicate,
                redact,
                split,
                maxTokens,
                longer,
                extension,
                sources,
                keep,
                balance,
                cleaning,
                names,
                synthetic,
                label,
                parallel,
                policy);
    }

    /** What happens to a row of more than {@link #maxTokens} tokens. */
    public LongRows longRows() {
        return longer == null ? LongRows.FAIL : longer;
    }

    /** What happens to a row of more than {@code maxTokens} tokens. */
    public enum LongRows {
        /** The row is a bad row. The stage fails if there are more than {@code maxBadRows} bad rows. */
        FAIL,
        /** The row is dropped and counted, but not counted in {@code maxBadRows}. */
        DROP,
        /** The first tokens of the row are kept and the others are cut off, as in TRL. Truncated rows are counted. */
        TRUNCATE
    }

    /** Where the rows come from, in the order of the file: at least one source. */
    public List<SourceSpec> inputs() {
        return sources.isEmpty() ? List.of(new SourceSpec(dataset, pipeline, format, extension)) : sources;
    }

    /** The source of the rows, for messages. */
    public String source() {
        List<SourceSpec> inputs = inputs();
        return inputs.size() == 1
                ? inputs.get(0).name()
                : String.format(Locale.ROOT, "%s and %d more", inputs.get(0).name(), inputs.size() - 1);
    }
}
