package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.prepare.AugmentSpec;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import dev.septet.dsl.pipeline.prepare.CounterfactualSpec;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import dev.septet.dsl.pipeline.prepare.SyntheticSpec;
import dev.septet.dsl.vocabulary.generate.GenerateDsl;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.Option;
import dev.septet.dsl.vocabulary.word.PathTo;
import dev.septet.dsl.vocabulary.word.Percent;
import dev.septet.dsl.vocabulary.word.Refusal;
import dev.septet.dsl.vocabulary.word.Repeatable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The words of {@code prepare} that make rows from the rows of the training split. */
public abstract class SyntheticWords extends StageDsl {
    private final List<AugmentSpec> augment = new ArrayList<>();
    private @Nullable CounterfactualSpec counterfactual;
    private final List<GenerateSpec> generate = new ArrayList<>();

    SyntheticWords(StagePolicy policy) {
        super(policy);
    }

    /**
     * Adds changed copies of training rows: {@code casing}, {@code typos}, {@code synonyms} or {@code template}. Each kind
     * makes its own copies. {@code copies:} is the number of copies of a row; 1 by default. {@code share:} is the part of
     * the training rows that get copies; all by default. {@code on:} is the text that changes; {@code prompt} by default,
     * which is what the user writes. {@code words:} is a file with synonyms, one group in each line, or {@code
     * 'wordnet'} for English texts. {@code forms:} are texts with {@code {prompt}} in the place of the user's text. Validation and test rows have no copies.
     */
    @Repeatable
    @Example("augment casing, typos, copies: 1, share: 50.percent")
    public void augment(
            @Option @Example("1") @Nullable Integer copies,
            @Option @Example("50.percent") @Nullable Percent share,
            @Option CleaningSpec.@Nullable RowText on,
            @Option @Example("7") @Nullable Long seed,
            @Option @PathTo(PathTo.Place.SYNONYMS) @Example("'data/synonyms.txt'") @Nullable String words,
            @Option @Example("['Please help: {prompt}']") @Nullable List<String> forms,
            AugmentSpec.Kind... kinds) {
        for (AugmentSpec.Kind kind : kinds) {
            augment.add(new AugmentSpec(
                    kind,
                    copies == null ? 1 : copies,
                    share == null ? 100 : share.value(),
                    on == null ? CleaningSpec.RowText.PROMPT : on,
                    seed == null ? 0 : seed,
                    kind == AugmentSpec.Kind.SYNONYMS || kinds.length == 1 ? words : null,
                    forms == null || (kind != AugmentSpec.Kind.TEMPLATE && kinds.length > 1) ? List.of() : forms));
        }
        Set<AugmentSpec.Kind> declared = new HashSet<>(List.of(kinds));
        Refusal.unless(
                words == null || declared.contains(AugmentSpec.Kind.SYNONYMS), "words: is only for augment synonyms");
        Refusal.unless(
                forms == null || declared.contains(AugmentSpec.Kind.TEMPLATE), "forms: is only for augment template");
    }

    /**
     * Adds a copy of each training row that has one of the terms, with the terms swapped in all of its texts: each term
     * becomes its counterpart, and the counterpart becomes the term. The case of letters stays. A file has one pair in
     * each line, with a comma between the terms. A row with a term of two pairs gets no copy, because its counterpart is
     * not clear.
     */
    @Example("counterfactual he: 'she', man: 'woman'")
    public void counterfactual(
            @PathTo(PathTo.Place.WORDS) @Example("'data/pairs.csv'") @Nullable String file,
            @Option @Example("'she'") @Nullable Map<String, String> pairs) {
        counterfactual = new CounterfactualSpec(new TreeMap<>(pairs == null ? Map.of() : pairs), file);
    }

    /**
     * Adds rows that a model writes from training rows. Each answer is stored before it is used, so a run that is killed
     * does not request it again. The rows pass the checks of other rows.
     */
    @Repeatable
    @Example("generate paraphrases { by model('models/teacher'); budget tokens: 200.thousand }")
    public void generate(GenerateSpec rows) {
        generate.add(rows);
    }

    /**
     * The question in other words; the answer stays. {@code copies:} is the number of paraphrases of a row; 1 by default.
     * {@code share:} is the part of the training rows that get paraphrases; all by default.
     */
    @Example("paraphrases(copies: 2) { by model('models/teacher'); budget tokens: 200.thousand }")
    public GenerateSpec paraphrases(
            @Option @Example("2") @Nullable Integer copies,
            @Option @Example("50.percent") @Nullable Percent share,
            Consumer<GenerateDsl> words) {
        return GenerateDsl.spec(new GenerateDsl.Rows(GenerateSpec.Kind.PARAPHRASES, copies, value(share)), words);
    }

    /** The question, translated into a language and back; the answer stays. */
    @Example("backTranslations(language: 'German') { by model('models/teacher'); budget tokens: 200.thousand }")
    public GenerateSpec backTranslations(
            @Option @Example("'German'") String language,
            @Option @Example("1") @Nullable Integer copies,
            @Option @Example("50.percent") @Nullable Percent share,
            Consumer<GenerateDsl> words) {
        return GenerateDsl.spec(
                new GenerateDsl.Rows(
                        GenerateSpec.Kind.BACK_TRANSLATIONS, copies, value(share), null, null, language, null, null),
                words);
    }

    /** Questions about rows of plain text, such as the chunks of documents, with their answers. They are chats. */
    @Example("questions(copies: 3) { by model('models/teacher'); budget tokens: 200.thousand }")
    public GenerateSpec questions(
            @Option @Example("3") @Nullable Integer copies,
            @Option @Example("50.percent") @Nullable Percent share,
            Consumer<GenerateDsl> words) {
        return GenerateDsl.spec(new GenerateDsl.Rows(GenerateSpec.Kind.QUESTIONS, copies, value(share)), words);
    }

    /**
     * Rows of small classes. {@code on:} is the field with the class. Each class that the training split has gets new rows
     * until it has {@code upTo:} rows.
     */
    @Example("rare(on: 'topic', upTo: 200) { by model('models/teacher'); budget tokens: 200.thousand }")
    public GenerateSpec rare(
            @Option @Example("'topic'") String on, @Option @Example("200") int upTo, Consumer<GenerateDsl> words) {
        return GenerateDsl.spec(
                new GenerateDsl.Rows(GenerateSpec.Kind.RARE, null, null, on, upTo, null, null, null), words);
    }

    /** Unusual but realistic rows of the same task, such as questions with a wrong assumption. */
    @Example("edgeCases(share: 20.percent) { by model('models/teacher'); budget tokens: 200.thousand }")
    public GenerateSpec edgeCases(
            @Option @Example("1") @Nullable Integer copies,
            @Option @Example("20.percent") @Nullable Percent share,
            Consumer<GenerateDsl> words) {
        return GenerateDsl.spec(new GenerateDsl.Rows(GenerateSpec.Kind.EDGE_CASES, copies, value(share)), words);
    }

    /**
     * Distillation: another model answers the questions of the training rows. {@code replace: true} leaves out the row
     * whose question was answered; by default, it stays beside the new one. With {@code of:} and {@code agree:}, the
     * model answers several times, and an answer is kept only if enough of the answers are equal. Letter case,
     * punctuation and white space do not count. This is for short answers, such as labels.
     */
    @Example("distill(replace: true) { by model('models/teacher'); budget tokens: 200.thousand }")
    public GenerateSpec distill(
            @Option @Example("50.percent") @Nullable Percent share,
            @Option @Example("true") @Nullable Boolean replace,
            @Option @Example("3") @Nullable Integer of,
            @Option @Example("2") @Nullable Integer agree,
            Consumer<GenerateDsl> words) {
        Refusal.unless((of == null) == (agree == null), "distill needs of: and agree: together");
        return GenerateDsl.spec(
                new GenerateDsl.Rows(
                        GenerateSpec.Kind.DISTILL,
                        null,
                        value(share),
                        null,
                        null,
                        null,
                        replace,
                        of == null || agree == null ? null : new GenerateSpec.Agreement(of, agree)),
                words);
    }

    private static @Nullable Double value(@Nullable Percent share) {
        return share == null ? null : share.value();
    }

    SyntheticSpec synthetic() {
        return new SyntheticSpec(augment, counterfactual, generate);
    }
}
