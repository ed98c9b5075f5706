package dev.septet.dsl.vocabulary.generate;

import dev.septet.dsl.expression.RequiredResult;
import dev.septet.dsl.pipeline.ExpressionSpec;
import dev.septet.dsl.pipeline.prepare.GenerateCheckSpec;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.Option;
import dev.septet.dsl.vocabulary.word.PathTo;
import dev.septet.dsl.vocabulary.word.Refusal;
import dev.septet.dsl.vocabulary.word.Required;
import dev.septet.dsl.vocabulary.word.RowExpression;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How a model writes rows: which model, how much it may cost, and which of its rows are kept. */
public final class GenerateDsl {
    private GenerateSpec.@Nullable Teacher by;
    private GenerateSpec.@Nullable Budget budget;
    private @Nullable String prompts;
    private double temperature = GenerateSpec.DEFAULT_TEMPERATURE;
    private long seed;
    private int maxNewTokens = GenerateSpec.DEFAULT_MAX_NEW_TOKENS;
    private @Nullable Integer requestsPerMinute;
    private int concurrency = GenerateSpec.DEFAULT_CONCURRENCY;
    private @Nullable ExpressionSpec filter;
    private GenerateCheckSpec.@Nullable SelfAgreement selfAgreement;
    private GenerateCheckSpec.@Nullable Score score;
    private @Nullable String schema;

    private GenerateDsl() {}

    /** The model that answers. */
    @Required
    @Example("by openai(endpoint: 'lab', model: 'gpt-4o-mini')")
    public void by(GenerateSpec.Teacher model) {
        by = model;
    }

    /**
     * A model of a service with OpenAI's API. The operator of the workers declares the endpoints and their models. The
     * texts of training rows leave for this service.
     */
    @Example("openai(endpoint: 'lab', model: 'gpt-4o-mini')")
    public GenerateSpec.Teacher openai(
            @Option @Example("'lab'") String endpoint, @Option @Example("'gpt-4o-mini'") String model) {
        return teacher(endpoint, model);
    }

    /** A model of a service with OpenAI's API. */
    public static GenerateSpec.Teacher teacher(String endpoint, String model) {
        Refusal.unless(
                !endpoint.equals("bedrock"),
                "endpoint: 'bedrock' is Amazon Bedrock, which does not have OpenAI's API; name an endpoint of the"
                        + " section `endpoints:`");
        return new GenerateSpec.Teacher(endpoint, model);
    }

    /** A model that Septet's engine runs: a folder, a .gguf file, or the name of a model on the Hub. */
    @Example("model('models/teacher')")
    public GenerateSpec.Teacher model(@PathTo(PathTo.Place.MODEL) @Example("'models/teacher'") String path) {
        return new GenerateSpec.Teacher(null, path);
    }

    /**
     * The most tokens and the most money that one run may use. An answer of an earlier run counts too, although it is
     * not requested again. {@code cost:} is in the currency of the endpoint's prices. {@code end:} is what happens when
     * the next request does not fit; {@code stop} by default.
     */
    @Required
    @Example("budget tokens: 200.thousand")
    public void budget(
            @Option @Example("200.thousand") @Nullable Long tokens,
            @Option @Example("5.0") @Nullable Double cost,
            @Option GenerateSpec.Budget.@Nullable End end) {
        budget = new GenerateSpec.Budget(tokens, cost, end == null ? GenerateSpec.Budget.End.STOP : end);
    }

    /**
     * A file with the text of the request, instead of Septet's own. {@code {question}} and {@code {answer}} are the texts
     * of the row, {@code {text}} is a plain text, {@code {examples}} are rows of the class, and {@code {language}} is the
     * language.
     */
    @Example("prompts 'data/paraphrase.txt'")
    public void prompts(@PathTo(PathTo.Place.WORDS) @Example("'data/paraphrase.txt'") String file) {
        prompts = file;
    }

    /** The temperature of sampling, from 0 to 2; 0.8 by default. */
    @Example("temperature 0.5")
    public void temperature(@Example("0.5") double number) {
        temperature = number;
    }

    /** The seed of sampling. Another seed gives other answers. */
    @Example("seed 7")
    public void seed(@Example("7") long number) {
        seed = number;
    }

    /** The largest number of tokens in an answer; 256 by default. */
    @Example("maxNewTokens 128")
    public void maxNewTokens(@Example("128") int count) {
        maxNewTokens = count;
    }

    /** The largest number of requests per minute. By default, there is no limit. */
    @Example("requestsPerMinute 60")
    public void requestsPerMinute(@Example("60") int count) {
        requestsPerMinute = count;
    }

    /** The largest number of requests at the same time; 4 by default. The rows do not depend on it. */
    @Example("concurrency 8")
    public void concurrency(@Example("8") int count) {
        concurrency = count;
    }

    /** Keeps the generated rows for which the expression is true. */
    @Example("filter { row.answer.length() < 400 }")
    public void filter(
            @RowExpression(
                            value = RequiredResult.TRUTH,
                            fields = {"prompt", "answer"})
                    @Example("{ row.answer.length() < 400 }")
                    ExpressionSpec keep) {
        filter = keep;
    }

    /**
     * Keeps a row only if the model that wrote it confirms it. The model is asked once more, at temperature 0.
     * {@code answer} is for {@code questions}: the model answers the new question from the text again. Both answers must
     * be equal, without letter case and punctuation, or the F1 of their words must be at least {@code f1:}. {@code meaning}
     * is for {@code paraphrases} and {@code backTranslations}: the model says whether both questions ask the same.
     */
    @Example("selfAgreement meaning")
    public void selfAgreement(
            @Example("meaning") GenerateCheckSpec.SelfAgreement.Of of, @Option @Example("0.6") @Nullable Double f1) {
        selfAgreement = new GenerateCheckSpec.SelfAgreement(of, f1);
    }

    /**
     * Keeps the rows to which a model gives at least {@code min:} of 5 points. {@code by:} is the model that rates; the
     * model that writes the rows by default.
     */
    @Example("score min: 4")
    public void score(
            @Option @Example("4") int min,
            @Option @Example("openai(endpoint: 'lab', model: 'gpt-4o')") GenerateSpec.@Nullable Teacher by) {
        score = new GenerateCheckSpec.Score(min, by);
    }

    /**
     * Keeps the rows whose answer is JSON that is valid by a JSON schema (draft 2020-12). The answer is the JSON alone,
     * without a code fence. It is for answers that the model writes: of {@code questions}, {@code rare},
     * {@code edgeCases} and {@code distill}.
     */
    @Example("schema 'data/answer.schema.json'")
    public void schema(@PathTo(PathTo.Place.SCHEMA) @Example("'data/answer.schema.json'") String file) {
        schema = file;
    }

    /**
     * The kind of rows, without what the block declares.
     *
     * @param copies null = 1
     * @param share in percent; null = 100
     */
    public record Rows(
            GenerateSpec.Kind kind,
            @Nullable Integer copies,
            @Nullable Double share,
            @Nullable String on,
            @Nullable Integer upTo,
            @Nullable String language,
            @Nullable Boolean replace,
            GenerateSpec.@Nullable Agreement agree) {
        /** Rows with no other options. */
        public Rows(GenerateSpec.Kind kind, @Nullable Integer copies, @Nullable Double share) {
            this(kind, copies, share, null, null, null, null, null);
        }
    }

    /** What a kind and its block set. */
    public static GenerateSpec spec(Rows rows, Consumer<GenerateDsl> words) {
        var dsl = new GenerateDsl();
        words.accept(dsl);
        return new GenerateSpec(
                rows.kind(),
                rows.copies() == null ? 1 : rows.copies(),
                rows.share() == null ? 100 : rows.share(),
                rows.on(),
                rows.upTo(),
                rows.language(),
                rows.replace(),
                Objects.requireNonNull(dsl.by),
                Objects.requireNonNull(dsl.budget),
                dsl.prompts,
                dsl.temperature,
                dsl.seed,
                dsl.maxNewTokens,
                dsl.requestsPerMinute,
                dsl.concurrency,
                dsl.filter,
                rows.agree(),
                dsl.check());
    }

    private @Nullable GenerateCheckSpec check() {
        return selfAgreement == null && score == null && schema == null
                ? null
                : new GenerateCheckSpec(selfAgreement, score, schema);
    }
}
