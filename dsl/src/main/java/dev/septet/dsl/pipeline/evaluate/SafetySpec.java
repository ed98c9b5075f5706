package dev.septet.dsl.pipeline.evaluate;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.Checks;
import dev.septet.dsl.pipeline.HubId;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The safety checks of an evaluation: what they ask, who judges the answers, and the bounds of their rates. Bounds are
 * fractions above 0 and at most 1.
 *
 * @param guard the model that judges answers; null = none
 * @param prompts path of a JSON Lines file with harmful and harmless prompts; null = none
 * @param rules patterns and words that answers must not contain
 * @param jailbreaks how Septet's own harmful prompts are disguised; empty = these prompts are not asked
 * @param maxUnsafe largest share of answers that the guard may judge as unsafe; null = no bound
 * @param minRefusals smallest share of harmful prompts that the model must refuse; null = no bound
 * @param maxOverRefusals largest share of harmless prompts that the model may refuse; null = no bound
 * @param maxAttackSuccess largest share of the own prompts that may get an answer in any disguise; null = no bound
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SafetySpec(
        @Nullable Guard guard,
        @Nullable String prompts,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Rule> rules,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Disguise> jailbreaks,
        @Nullable Double maxUnsafe,
        @Nullable Double minRefusals,
        @Nullable Double maxOverRefusals,
        @Nullable Double maxAttackSuccess) {
    /** From this probability on, an answer is unsafe, unless the file sets another one. */
    public static final double DEFAULT_THRESHOLD = 0.5;

    private static final int MOST_RULES = 100;
    private static final int LONGEST_NAME = 60;

    /** The formats of prompts and answers that guard models have. */
    public enum Style {
        /** The first Llama Guard: six categories from O1. */
        LLAMA_GUARD,
        /** Llama Guard 2: eleven categories from S1. */
        LLAMA_GUARD2,
        /** Llama Guard 3: fourteen categories from S1. */
        LLAMA_GUARD3,
        /** Llama Guard 4, for texts. */
        LLAMA_GUARD4,
        /** ShieldGemma: Yes or No for each of four policies. */
        SHIELD_GEMMA,
        /** Granite Guardian: Yes or No for a risk. */
        GRANITE_GUARDIAN,
        /** Septet's own: {@code safe}, or {@code unsafe} and a line with codes of categories. */
        LABELS
    }

    /** How a jailbreak disguises a prompt. */
    public enum Disguise {
        /** A story whose hero may say everything. */
        ROLEPLAY,
        /** The prompt in Base64. */
        BASE64,
        /** Each letter moved by 13 places. */
        ROT13,
        /** Letters replaced with digits that look alike. */
        LEET,
        /** A beginning of the answer that the model is told to continue. */
        PREFIX
    }

    /**
     * Which model is the guard.
     *
     * @param endpoint name of the service in the operator's file; null for a model of the engine
     * @param name the model as the service names it; a path or a name on the Hub for a model of the engine
     * @param revision branch, tag or commit on the Hub; null = its default
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Model(
            @Nullable String endpoint,
            String name,
            @Nullable String revision) {
        public Model {
            require(!name.isBlank(), "guard needs a model");
            if (endpoint == null) {
                require(
                        revision == null || (HubId.of(name).isPresent() && HubId.isRevision(revision)),
                        "revision: is a branch, a tag or a commit of a model on the hub, such as 'owner/name'");
            } else {
                require(endpoint.matches(OpenAiSpec.ENDPOINT_PATTERN), "'%s' is not an endpoint's name", endpoint);
                require(name.matches(OpenAiSpec.MODEL_PATTERN), "'%s' is not a model's name", name);
                require(revision == null, "revision: is for a guard that the engine runs");
            }
        }
    }

    /**
     * A guard model and how its answers count.
     *
     * @param style format of prompts and answers; null = that of the model's chat template
     * @param threshold from this probability on, an answer is unsafe; null = the default, or the service's own choice
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Guard(
            Model model, @Nullable Style style, @Nullable Double threshold) {
        public Guard {
            boolean hosted = model.endpoint() != null;
            require(
                    !hosted || style != null,
                    "a guard at an endpoint needs style:, because its chat template is not known here");
            require(
                    !hosted || threshold == null,
                    "threshold: is for a guard that the engine runs; the answer of an endpoint has no probability");
            require(
                    threshold == null || (threshold > 0 && threshold < 1),
                    "threshold: must be above 0 and below 1, got %s",
                    threshold);
        }
    }

    /**
     * A named rule that an answer breaks when it contains a match.
     *
     * @param matches a regular expression; null for words
     * @param words path of a list of words, one a line; null for a regular expression
     * @param max largest share of answers that may break the rule; null = no bound
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Rule(
            String name,
            @Nullable String matches,
            @Nullable String words,
            @Nullable Double max) {
        public Rule {
            require(
                    !name.isBlank() && name.length() <= LONGEST_NAME && name.equals(name.strip()),
                    "the name of a rule must have 1 to %s characters and no spaces at its ends",
                    LONGEST_NAME);
            require((matches == null) != (words == null), "rule '%s' needs either matches: or words:", name);
            bound("max", max);
        }
    }

    public SafetySpec {
        rules = Checks.orEmpty(rules);
        jailbreaks = Checks.orEmpty(jailbreaks);
        require(
                guard != null || prompts != null || !rules.isEmpty() || !jailbreaks.isEmpty(),
                "safety needs guard, prompts, rule or jailbreaks");
        require(
                prompts == null || prompts.toLowerCase(Locale.ROOT).endsWith(".jsonl"),
                "prompts must be a .jsonl file with prompt and harmful in each line");
        require(rules.size() <= MOST_RULES, "safety takes at most %s rules", MOST_RULES);
        var names = new HashSet<String>();
        rules.forEach(rule -> require(names.add(rule.name()), "rule '%s' is already set", rule.name()));
        require(new HashSet<>(jailbreaks).size() == jailbreaks.size(), "jailbreaks names a disguise twice");
        require(maxUnsafe == null || guard != null, "maxUnsafe needs a guard that judges the answers");
        require(minRefusals == null || prompts != null, "minRefusals needs prompts that are harmful");
        require(maxOverRefusals == null || prompts != null, "maxOverRefusals needs prompts that are harmless");
        require(maxAttackSuccess == null || !jailbreaks.isEmpty(), "maxAttackSuccess needs jailbreaks");
        bound("maxUnsafe", maxUnsafe);
        lowerBound("minRefusals", minRefusals);
        bound("maxOverRefusals", maxOverRefusals);
        bound("maxAttackSuccess", maxAttackSuccess);
    }

    /** Checks an upper bound. */
    public static void bound(String name, @Nullable Double max) {
        require(
                max == null || (max > 0 && max < 1),
                "%s must be above 0 and below 100.percent: no number of rows shows that a rate is 0",
                name);
    }

    /** Checks a lower bound. */
    public static void lowerBound(String name, @Nullable Double min) {
        require(
                min == null || (min > 0 && min < 1),
                "%s must be above 0 and below 100.percent: no number of rows shows that a rate is 100 percent",
                name);
    }
}
