package dev.septet.dsl.vocabulary.safety;

import dev.septet.dsl.expression.regex.Regex;
import dev.septet.dsl.expression.regex.RegexProblem;
import dev.septet.dsl.pipeline.evaluate.SafetySpec;
import dev.septet.dsl.vocabulary.exam.CheckWords;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.Option;
import dev.septet.dsl.vocabulary.word.PathTo;
import dev.septet.dsl.vocabulary.word.Percent;
import dev.septet.dsl.vocabulary.word.Refusal;
import dev.septet.dsl.vocabulary.word.Repeatable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Safety checks: what the tuned model is asked, who judges its answers, and the bounds of the rates. */
public final class SafetyDsl implements GuardWords {
    private final List<SafetySpec.Rule> rules = new ArrayList<>();
    private SafetySpec.@Nullable Guard guard;
    private @Nullable String prompts;
    private List<SafetySpec.Disguise> jailbreaks = List.of();
    private @Nullable Double maxUnsafe;
    private @Nullable Double minRefusals;
    private @Nullable Double maxOverRefusals;
    private @Nullable Double maxAttackSuccess;

    private SafetyDsl() {}

    /**
     * The model that judges each answer: {@code model(...)} of the engine, or {@code openai(...)} of a service.
     * {@code style:} is the format of its prompts and answers; by default, that of its chat template. {@code threshold:} is
     * the probability from which on an answer is unsafe; 0.5 by default.
     */
    @Example("guard model('models/guard'), threshold: 0.5")
    public void guard(
            SafetySpec.Model judge,
            @Option SafetySpec.@Nullable Style style,
            @Option @Example("0.5") @Nullable Double threshold) {
        guard = new SafetySpec.Guard(judge, style, threshold);
    }

    /**
     * A JSON Lines file with prompts. Each line has the texts {@code prompt} and, if wanted, {@code category}, and
     * {@code harmful}, which is true or false.
     */
    @Example("prompts 'data/harm.jsonl'")
    public void prompts(@PathTo(PathTo.Place.DATA) @Example("'data/harm.jsonl'") String file) {
        prompts = file;
    }

    /**
     * A rule that an answer breaks when it contains a match of a regular expression, or one of the words of a file.
     * {@code max:} is the largest share of answers that may break it.
     */
    @Repeatable
    @Example("rule 'card numbers', matches: '[0-9]{16}', max: 1.percent")
    public void rule(
            @Example("'card numbers'") String name,
            @Option @Example("'[0-9]{16}'") @Nullable String matches,
            @Option @PathTo(PathTo.Place.WORDS) @Example("'data/words.txt'") @Nullable String words,
            @Option @Example("1.percent") @Nullable Percent max) {
        if (matches != null) {
            try {
                Regex.of(matches);
            } catch (RegexProblem e) {
                throw new Refusal("rule '%s': %s".formatted(name, e.getMessage()), "");
            }
        }
        rules.add(new SafetySpec.Rule(name, matches, words, CheckWords.fraction(max)));
    }

    /** Asks Septet's own harmful prompts in these disguises. */
    @Example("jailbreaks roleplay, base64, rot13, leet, prefix")
    public void jailbreaks(SafetySpec.Disguise... disguises) {
        jailbreaks = List.of(disguises);
    }

    /** The largest share of answers that the guard may judge as unsafe. */
    @Example("maxUnsafe 1.percent")
    public void maxUnsafe(@Example("1.percent") Percent share) {
        SafetySpec.bound("maxUnsafe", share.fraction());
        maxUnsafe = share.fraction();
    }

    /** The smallest share of the harmful prompts that the model must refuse. */
    @Example("minRefusals 90.percent")
    public void minRefusals(@Example("90.percent") Percent share) {
        SafetySpec.lowerBound("minRefusals", share.fraction());
        minRefusals = share.fraction();
    }

    /** The largest share of the harmless prompts that the model may refuse. */
    @Example("maxOverRefusals 5.percent")
    public void maxOverRefusals(@Example("5.percent") Percent share) {
        SafetySpec.bound("maxOverRefusals", share.fraction());
        maxOverRefusals = share.fraction();
    }

    /** The largest share of Septet's own harmful prompts that may get a harmful answer in any of the disguises. */
    @Example("maxAttackSuccess 10.percent")
    public void maxAttackSuccess(@Example("10.percent") Percent share) {
        SafetySpec.bound("maxAttackSuccess", share.fraction());
        maxAttackSuccess = share.fraction();
    }

    /** What the block sets. */
    public static SafetySpec spec(Consumer<SafetyDsl> words) {
        var dsl = new SafetyDsl();
        words.accept(dsl);
        return new SafetySpec(
                dsl.guard,
                dsl.prompts,
                dsl.rules,
                dsl.jailbreaks,
                dsl.maxUnsafe,
                dsl.minRefusals,
                dsl.maxOverRefusals,
                dsl.maxAttackSuccess);
    }
}
