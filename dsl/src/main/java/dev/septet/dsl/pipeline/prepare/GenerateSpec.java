package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.ExpressionSpec;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows that a model writes from training rows.
 *
 * @param copies the number of answers for each chosen row
 * @param share the chosen part of the training rows in percent
 * @param on the field with the class of {@code rare}; null for other kinds
 * @param upTo the number of training rows that each class of {@code rare} gets; null for other kinds
 * @param language the language of {@code backTranslations} in between; null for other kinds
 * @param replace true when a teacher's answer replaces the row; null for false
 * @param by the model that answers
 * @param prompts path of a file with the text of the request; null = Septet's own text
 * @param maxNewTokens the most tokens of an answer
 * @param requestsPerMinute the most requests per minute; null = no limit
 * @param concurrency the most requests at a time
 * @param filter an expression that is true for the rows to keep; null keeps all
 * @param agree how many answers must be equal; null = each answer counts
 * @param check other checks of the rows; null for none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record GenerateSpec(
        Kind kind,
        int copies,
        double share,
        @Nullable String on,
        @Nullable Integer upTo,
        @Nullable String language,
        @Nullable Boolean replace,
        Teacher by,
        Budget budget,
        @Nullable String prompts,
        double temperature,
        long seed,
        int maxNewTokens,
        @Nullable Integer requestsPerMinute,
        int concurrency,
        @Nullable ExpressionSpec filter,
        @Nullable Agreement agree,
        @Nullable GenerateCheckSpec check) {
    public static final double DEFAULT_TEMPERATURE = 0.8;
    public static final int DEFAULT_MAX_NEW_TOKENS = 256;
    public static final int DEFAULT_CONCURRENCY = 4;

    /** The largest number of answers for a row. */
    public static final int MAX_COPIES = 20;

    private static final int MOST_NEW_TOKENS = 16_384;
    private static final int MOST_CONCURRENT = 64;
    private static final int MOST_UP_TO = 100_000;

    /** Kinds of generated rows. */
    public enum Kind {
        /** Other words for the question. */
        PARAPHRASES,
        /** The question, translated into another language and back. */
        BACK_TRANSLATIONS,
        /** Questions about a plain text, with their answers. */
        QUESTIONS,
        /** Rows of small classes. */
        RARE,
        /** Unusual rows of the same task. */
        EDGE_CASES,
        /** The answers of another model. */
        DISTILL
    }

    /**
     * The model that answers: of a service with OpenAI's API, or one that the engine runs.
     *
     * @param endpoint name of the service in the operator's file; null for a model of the engine
     * @param model the model, as the service names it; a path or a name on the Hub for a model of the engine
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Teacher(@Nullable String endpoint, String model) {
        public Teacher {
            if (endpoint != null) {
                require(endpoint.matches(OpenAiSpec.ENDPOINT_PATTERN), "'%s' is not an endpoint's name", endpoint);
                require(model.matches(OpenAiSpec.MODEL_PATTERN), "'%s' is not a model's name", model);
            }
            require(!model.isBlank(), "the model that answers needs a name");
        }

        /** As the file writes it. */
        public String written() {
            return endpoint == null
                    ? "by model('%s')".formatted(model)
                    : "by openai(endpoint: '%s', model: '%s')".formatted(endpoint, model);
        }
    }

    /**
     * How much one run may use.
     *
     * @param tokens the most tokens of requests and answers together; null = no limit
     * @param cost the most money in the currency of the endpoint's prices; null = no limit
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Budget(@Nullable Long tokens, @Nullable Double cost, End end) {
        /** What happens when the next request does not fit into the budget. */
        public enum End {
            /** The rows made so far are used. */
            STOP,
            /** The stage fails. */
            FAIL
        }

        public Budget {
            require(tokens != null || cost != null, "budget needs tokens: or cost:");
            require(tokens == null || tokens >= 1, "budget tokens: must be at least 1, got %s", tokens);
            require(cost == null || (cost > 0 && !cost.isInfinite()), "budget cost: must be above 0, got %s", cost);
        }
    }

    /**
     * Self-agreement: the model answers several times.
     *
     * @param of the number of answers
     * @param atLeast how many of them must be equal
     * @see <a href="https://arxiv.org/abs/2203.11171">Wang et al., 2022: Self-consistency</a>
     */
    public record Agreement(int of, int atLeast) {
        public Agreement {
            require(of >= 2 && of <= MAX_COPIES, "of: must be from 2 to %s, got %s", MAX_COPIES, of);
            require(
                    atLeast >= 2 && atLeast <= of,
                    "agree: must be from 2 to the number of answers, %s, got %s",
                    of,
                    atLeast);
        }
    }

    /** The models that the rows depend on: the one that writes them, and the one that rates them if it is another. */
    public List<Teacher> models() {
        Teacher judge =
                check == null || check.score() == null ? null : check.score().by();
        return judge == null || judge.equals(by) ? List.of(by) : List.of(by, judge);
    }

    public GenerateSpec {
        require(copies >= 1 && copies <= MAX_COPIES, "copies: must be from 1 to %s, got %s", MAX_COPIES, copies);
        require(share > 0 && share <= 100, "share: must be above 0 and at most 100.percent, got %s", share);
        require((kind == Kind.RARE) == (on != null && upTo != null), "rare needs on: and upTo:");
        if (on != null && upTo != null) {
            FieldName.check("rare on:", on);
            require(upTo >= 1 && upTo <= MOST_UP_TO, "rare upTo: must be from 1 to %s, got %s", MOST_UP_TO, upTo);
        }
        require((kind == Kind.BACK_TRANSLATIONS) == (language != null), "backTranslations needs language:");
        require(
                language == null || language.matches("[\\p{L}][\\p{L} ()-]{0,49}"),
                "language: is the name of a language, such as 'German'");
        replace = Boolean.TRUE.equals(replace) ? replace : null;
        require(replace == null || kind == Kind.DISTILL, "replace: is only for distill");
        require(temperature >= 0 && temperature <= 2, "temperature must be from 0 to 2, got %s", temperature);
        require(
                maxNewTokens >= 1 && maxNewTokens <= MOST_NEW_TOKENS,
                "maxNewTokens must be from 1 to %s, got %s",
                MOST_NEW_TOKENS,
                maxNewTokens);
        require(
                requestsPerMinute == null || (requestsPerMinute >= 1 && requestsPerMinute <= 100_000),
                "requestsPerMinute must be from 1 to 100000, got %s",
                requestsPerMinute);
        require(
                concurrency >= 1 && concurrency <= MOST_CONCURRENT,
                "concurrency must be from 1 to %s, got %s",
                MOST_CONCURRENT,
                concurrency);
        require(
                agree == null || kind == Kind.DISTILL,
                "agree: compares the answers to one question, so it is only for distill");
        require(
                agree == null || temperature > 0,
                "agree: needs a temperature above 0: at 0, a model gives the same answer each time");
        require(
                by.endpoint() != null || budget.cost() == null,
                "budget cost: is about the prices of an endpoint; %s has none, so declare tokens:",
                by.written());
        if (check != null) {
            check.requireFor(kind);
        }
    }
}
