package dev.septet.dsl.vocabulary;

import dev.septet.dsl.expression.RequiredResult;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.Extensions;
import dev.septet.dsl.pipeline.ExpressionSpec;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.prepare.BalanceSpec;
import dev.septet.dsl.pipeline.prepare.BucketFilesSpec;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.DocumentsSpec;
import dev.septet.dsl.pipeline.prepare.FilterSpec;
import dev.septet.dsl.pipeline.prepare.HubDatasetSpec;
import dev.septet.dsl.pipeline.prepare.LabelSpec;
import dev.septet.dsl.pipeline.prepare.LeakageSpec;
import dev.septet.dsl.pipeline.prepare.MapSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.QualitySpec;
import dev.septet.dsl.pipeline.prepare.QuerySpec;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.dsl.pipeline.prepare.RowNamesSpec;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Dataset preparation: the rows that the model learns from, cleaned and split. */
public final class PrepareDsl extends SyntheticWords {
    private final List<SourceSpec> sources = new ArrayList<>();
    private int maxBadRows = PrepareSpec.DEFAULT_MAX_BAD_ROWS;
    private final List<TransformSpec> transforms = new ArrayList<>();
    private final List<String> keep = new ArrayList<>();
    private boolean deduplicate;
    private CleaningSpec.@Nullable NearDuplicates nearDuplicates;
    private CleaningSpec.@Nullable Decontamination decontamination;
    private @Nullable QualitySpec quality;
    private @Nullable String consent;
    private CleaningSpec.@Nullable Representation representation;
    private @Nullable RedactSpec redact;
    private SplitSpec split = SplitSpec.DEFAULT;
    private @Nullable LeakageSpec leakage;
    private int maxTokens = PrepareSpec.DEFAULT_MAX_TOKENS;
    private PrepareSpec.@Nullable LongRows longer;
    private @Nullable BalanceSpec balance;
    private @Nullable LabelSpec label;
    private @Nullable Integer parallel;
    private Map<String, String> columns = Map.of();
    private Map<String, String> roles = Map.of();

    PrepareDsl() {
        super(PrepareSpec.DEFAULT_POLICY);
    }

    /**
     * The rows: dataset files and the format of their rows, documents, files of a bucket, a query to a database, or the rows that
     * another pipeline prepared or that people reviewed. The files are
     * one .jsonl, .json or .csv file, also with .gz or .zst; a folder such as {@code 'data/'}; or a pattern such as
     * {@code 'data/*.jsonl'}. A row is a bad row if it has a field that would change what the row teaches, such as {@code images}
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
                format == null || format.extension() == null || source.path() != null,
                "format: of rows that are not in files of this machine is one of Septet's own formats");
        Refusal.unless(
                format == null || source.reviewed() == null,
                "reviewed rows are chats, so format: has no meaning for them");
        Refusal.unless(
                format == null || source.documents() == null,
                "documents become plain text, so format: has no meaning for them");
        requireReader(source, format == null ? null : format.declared());
        sources.add(new SourceSpec(
                source.path(),
                source.pipeline(),
                formatOf(source, format),
                format == null ? null : format.extension(),
                share == null ? null : share.value(),
                weight,
                limit,
                split,
                licence,
                source.huggingFace(),
                source.documents(),
                source.s3(),
                source.jdbc(),
                source.reviewed()));
    }

    private static DatasetFormat formatOf(Source source, @Nullable ExtensibleChoice<DatasetFormat> format) {
        if (source.documents() != null) {
            return DatasetFormat.TEXT;
        }
        if (source.reviewed() != null) {
            return DatasetFormat.CHAT;
        }
        return format == null || format.builtIn() == null ? DatasetFormat.AUTO : format.builtIn();
    }

    /**
     * The file's names for the fields of its format: {@code columns prompt: 'question'} reads {@code question} as
     * {@code prompt}. {@code filter} and {@code map} see the format's names. A row without such a field is a bad row.
     */
    @Example("columns prompt: 'question', completion: 'answer'")
    public void columns(@Option @Example("'question'") Map<String, String> fields) {
        columns = new RowNamesSpec(fields, Map.of()).columns();
    }

    /**
     * The words for roles in rows of the format {@code sharegpt}, in addition to the usual ones. The names are {@code
     * system}, {@code user}, {@code assistant}, {@code call} (a call of a tool) and {@code tool} (its result).
     */
    @Example("roles user: 'customer', assistant: 'agent'")
    public void roles(@Option @Example("'customer'") Map<String, String> words) {
        roles = new RowNamesSpec(Map.of(), words).roles();
    }

    /** A file that only a jar's format reads names that format. */
    private static void requireReader(Source source, @Nullable ExtensionWord declared) {
        String path = source.path() == null || source.documents() != null
                ? ""
                : source.path().toLowerCase(Locale.ROOT);
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
        return Source.file(path);
    }

    /**
     * Documents, as rows of plain text: .txt, .md, .html, .htm or .pdf. The value is one file, a folder such as {@code
     * 'manuals/'}, or a pattern such as {@code 'manuals/*.pdf'}. Each document is cut into chunks, and each chunk is a
     * row. {@code chunk:} is the largest number of tokens in a chunk; {@code maxTokens} by default. {@code overlap:}
     * is the largest number of tokens that a chunk repeats of the chunk before it; 0 by default.
     */
    @Example("documents('manuals/', chunk: 256, overlap: 32)")
    public Source documents(
            @PathTo(PathTo.Place.DOCUMENTS) @Example("'manuals/'") String path,
            @Option @Example("256") @Nullable Integer chunk,
            @Option @Example("32") @Nullable Integer overlap) {
        return Source.documents(path, new DocumentsSpec(chunk, overlap));
    }

    /** The rows that another pipeline prepared. The value is that pipeline's name in the catalogue. */
    @Example("pipeline('tickets')")
    public Source pipeline(@Example("'tickets'") String name) {
        Refusal.unless(
                name.matches(PipelineSpec.NAME_PATTERN),
                "a pipeline's name has letters, digits and '-', at most 64 of them, got '%s'",
                name);
        return Source.pipeline(name);
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
        return Source.huggingFace(new HubDatasetSpec(
                name,
                revision == null ? "main" : revision,
                config == null ? "default" : config,
                split == null ? "train" : split));
    }

    /**
     * Dataset files in a bucket with the S3 API. The value is the operator's name of the bucket. {@code path:} is the
     * key of an object, a folder such as {@code 'tickets/'}, or a pattern such as {@code 'tickets/part-*.jsonl'}.
     */
    @Example("s3('warehouse', path: 'tickets/part-*.jsonl')")
    public Source s3(@Example("'warehouse'") String bucket, @Option @Example("'tickets/part-*.jsonl'") String path) {
        return Source.s3(new BucketFilesSpec(bucket, path));
    }

    /**
     * The rows of a query to a database. The value is the operator's name of the database. {@code query:} is one
     * statement that reads, with {@code order by} a unique column. Each column is a field of the rows.
     */
    @Example("jdbc('warehouse', query: 'select prompt, completion from tickets order by id')")
    public Source jdbc(
            @Example("'warehouse'") String database,
            @Option @Example("'select prompt, completion from tickets order by id'") String query) {
        return Source.jdbc(new QuerySpec(database, query));
    }

    /**
     * The rows that people accepted from the feedback on a pipeline's model with {@code septet review}. The value is
     * that pipeline's name.
     */
    @Example("reviewed('tickets')")
    public Source reviewed(@Example("'tickets'") String pipeline) {
        Refusal.unless(
                pipeline.matches(PipelineSpec.NAME_PATTERN),
                "a pipeline's name has letters, digits and '-', at most 64 of them, got '%s'",
                pipeline);
        return Source.reviewed(pipeline);
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
     * Sets a field of every row to the label for which labelling functions vote. Their accuracies are estimated from how often
     * they agree (Dawid and Skene, 1979), and the most probable label wins. The votes see the row after the filters and maps.
     * A row for which all abstain is dropped, or kept without the field with {@code unlabelled: keep}. {@code gold:} names a
     * field with the right label of some rows; the card then has the accuracy of each function.
     */
    @Example("label('topic', gold: 'checked_topic') { vote('billing') { row.prompt.contains('invoice') };"
            + " vote('shipping') { row.prompt.contains('parcel') } }")
    public void label(
            @Example("'topic'") String field,
            @Option LabelSpec.@Nullable Unlabelled unlabelled,
            @Option @Example("'checked_topic'") @Nullable String gold,
            Consumer<LabelDsl> votes) {
        LabelDsl dsl = new LabelDsl();
        votes.accept(dsl);
        label = dsl.spec(field, unlabelled, gold);
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

    /**
     * Drops rows that duplicate an earlier row: {@code exact} duplicates, near-duplicates, or both. {@code near:} is
     * the smallest Jaccard similarity of near-duplicates, from 0.7 to 1. {@code on:} is the text that is compared;
     * {@code both} by default.
     */
    @Example("deduplicate exact, near: 0.8")
    public void deduplicate(
            @Nullable Duplicates which,
            @Option @Example("0.8") @Nullable Double near,
            @Option CleaningSpec.@Nullable RowText on) {
        Refusal.unless(which != null || near != null, "deduplicate needs exact, near: or both");
        Refusal.unless(on == null || near != null, "on: is only for near:");
        deduplicate = which == Duplicates.EXACT;
        nearDuplicates = near == null
                ? null
                : new CleaningSpec.NearDuplicates(near, on == null ? CleaningSpec.RowText.BOTH : on);
    }

    /**
     * Drops rows that share a sequence of words with a row of a test file, or whose short text is a test row's text.
     * The rows of the pipeline's own {@code forgetting} suite and of its named test sets are always test rows. The name of a file in
     * {@code against:} may have {@code *}. {@code ngram:} is the length of the sequence in words; 13 by default.
     */
    @Example("decontaminate against: ['tests/*.jsonl'], ngram: 13")
    public void decontaminate(
            @Option @Example("['tests/*.jsonl']") @Nullable List<String> against,
            @Option @Example("13") @Nullable Integer ngram) {
        decontamination = new CleaningSpec.Decontamination(
                against == null ? List.of() : against,
                ngram == null ? CleaningSpec.Decontamination.DEFAULT_NGRAM : ngram);
    }

    /**
     * Drops rows whose text has a low quality. The text is the answer that the model learns, or the whole plain text.
     * {@code minLength:} and {@code maxLength:} are in characters. {@code language:} lists the accepted languages, and
     * {@code confidence:} is the smallest confidence of their detection, from 0.5 to 1; 0.5 by default. Texts of fewer than
     * 40 letters have no detectable language and are kept. {@code repetition:} is the largest share of characters in repeated
     * sequences of 5 words. {@code symbols:} is the largest number of # and ellipses per word.
     */
    @Example("quality minLength: 20, language: ['en', 'de'], repetition: 0.3")
    public void quality(
            QualitySpec.@Nullable Preset preset,
            @Option @Example("20") @Nullable Integer minLength,
            @Option @Example("20000") @Nullable Integer maxLength,
            @Option @Example("['en', 'de']") @Nullable List<String> language,
            @Option @Example("0.6") @Nullable Double confidence,
            @Option @Example("0.3") @Nullable Double repetition,
            @Option @Example("0.1") @Nullable Double symbols) {
        quality = new QualitySpec(
                preset, minLength, maxLength, language == null ? List.of() : language, confidence, repetition, symbols);
    }

    /** Excludes the rows in which this field is not true. A row without the field is excluded too. */
    @Example("consent 'may_train'")
    public void consent(@Example("'may_train'") String field) {
        consent = field;
    }

    /**
     * Counts the kept rows of each group, and how the answers differ between groups. {@code on:} is the field whose
     * value is the group. Without {@code on:}, the language of the text is the group. The counts are in the dataset's
     * card.json.
     */
    @Example("represent on: 'topic'")
    public void represent(@Option @Example("'topic'") @Nullable String on) {
        representation = new CleaningSpec.Representation(on);
    }

    /**
     * Removes personal data from the rows and puts the replacement in its place. {@code regions:} adds regions whose
     * phone numbers are also recognized in national form. {@code countries:} limits {@code nationalId} to some
     * countries. The kind {@literal name} finds names of persons where the words around them show a name, and {@literal address} finds
     * postal addresses. Both miss more than the other kinds. {@code names:} is a file with names that are always found,
     * such as those of customers, one in each line.
     */
    @Example("redact email, phone, replacement: mask, regions: ['IN', 'BR']")
    public void redact(
            @Option RedactSpec.@Nullable Replacement replacement,
            @Option @Example("['IN', 'BR']") @Nullable List<String> regions,
            @Option @Example("['DE', 'FR']") @Nullable List<String> countries,
            @Option @PathTo(PathTo.Place.WORDS) @Example("'data/customers.txt'") @Nullable String names,
            RedactSpec.Kind... kinds) {
        redact = new RedactSpec(
                EnumSet.copyOf(List.of(kinds)),
                replacement == null ? RedactSpec.Replacement.MASK : replacement,
                RedactSpec.checked(regions),
                countries == null ? List.of() : countries,
                names);
    }

    /**
     * The shares of the rows for training, for validation during training, and for the test. Their sum is 100. Rows are
     * split at random. {@code stratify:} names a field whose values have these shares each. Rows with the same value of
     * the field {@code by:} are in one split. With {@code time:}, the rows with the oldest value of that field train, and
     * the rows with the newest value test.
     *
     * <p>{@code folds:} is for few rows. Before the training, that number of trainings each test another part of the rows.
     * The report has the mean and the spread of their scores. The final training uses the declared shares.
     */
    @Example("split train: 80.percent, validation: 10.percent, test: 10.percent, stratify: 'topic'")
    public void split(
            @Option @Example("80.percent") @Nullable Percent train,
            @Option @Example("10.percent") @Nullable Percent validation,
            @Option @Example("10.percent") @Nullable Percent test,
            @Option @Example("'topic'") @Nullable String stratify,
            @Option @Example("'customer'") @Nullable String by,
            @Option @Example("'created'") @Nullable String time,
            @Option @Example("5") @Nullable Integer folds) {
        if (train == null && validation == null && test == null) {
            Refusal.unless(
                    stratify != null || by != null || time != null || folds != null,
                    "split needs shares, such as train: 80.percent, validation: 10.percent, test: 10.percent");
            split = new SplitSpec(
                    SplitSpec.DEFAULT.train(),
                    SplitSpec.DEFAULT.validation(),
                    SplitSpec.DEFAULT.test(),
                    stratify,
                    by,
                    time,
                    null,
                    folds);
            return;
        }
        Refusal.unless(train != null, "split needs train:, such as train: 80.percent");
        double training = train == null ? 0 : train.value();
        double watching = validation == null ? 0 : validation.value();
        double testing = test == null ? 0 : test.value();
        double all = training + watching + testing;
        Refusal.unless(
                Math.abs(all - 100) < 1e-9,
                "split shares must sum to 100.percent, got %s.percent",
                LiteralText.of(all));
        split = new SplitSpec(training, watching, testing, stratify, by, time, null, folds);
    }

    /**
     * Searches near-duplicates in different splits: they make a test easier than new data. {@code fail} stops the stage and
     * names rows, {@code warn} counts and lists them, {@code remove} leaves out the training row, or the validation row beside
     * a test row. {@code near:} is the smallest Jaccard similarity, from 0.7 to 1; 0.8 by default. {@code on:} is the text that
     * is compared; {@code both} by default.
     */
    @Example("leakage fail, near: 0.8")
    public void leakage(
            LeakageSpec.Action action,
            @Option @Example("0.8") @Nullable Double near,
            @Option CleaningSpec.@Nullable RowText on) {
        leakage = new LeakageSpec(
                action,
                near == null ? LeakageSpec.DEFAULT_SIMILARITY : near,
                on == null ? CleaningSpec.RowText.BOTH : on);
    }

    /**
     * Gives each class of the training split the same part in the training. {@code on:} names the field with the class.
     * {@code weights} draws the rows of each epoch with the same probability for each class. {@code oversample} repeats
     * rows of smaller classes; {@code undersample} leaves out rows of larger classes. Validation and test keep their
     * rows.
     */
    @Example("balance on: 'topic', by: oversample")
    public void balance(@Option @Example("'topic'") String on, @Option @Example("oversample") BalanceSpec.Method by) {
        balance = new BalanceSpec(on, by);
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

    /**
     * Cleans the rows in shards, this many at once, on as many workers as there are. A shard is about 64 MB of a JSON Lines
     * file, or another file as a whole. A worker that dies loses at most its shard. The prepared rows are the same with
     * any number, and without this word. From 1 to 100.
     */
    @Example("parallel 8")
    public void parallel(@Example("8") int shards) {
        Refusal.unless(
                shards >= 1 && shards <= PrepareSpec.MAX_PARALLEL,
                "parallel must be from 1 to %s, got %s",
                PrepareSpec.MAX_PARALLEL,
                shards);
        parallel = shards;
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
                split.with(leakage),
                maxTokens,
                longer,
                only == null ? null : only.extension(),
                only == null ? sources : List.of(),
                keep,
                balance,
                new CleaningSpec(nearDuplicates, decontamination, quality, consent, representation),
                columns.isEmpty() && roles.isEmpty() ? null : new RowNamesSpec(columns, roles),
                synthetic(),
                label,
                parallel,
                policy());
    }
}
