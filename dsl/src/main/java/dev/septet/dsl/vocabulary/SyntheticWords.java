package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.prepare.AugmentSpec;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import dev.septet.dsl.pipeline.prepare.CounterfactualSpec;
import dev.septet.dsl.pipeline.prepare.SyntheticSpec;
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
import org.jspecify.annotations.Nullable;

/** The words of {@code prepare} that make rows from the rows of the training split. */
public abstract class SyntheticWords extends StageDsl {
    private final List<AugmentSpec> augment = new ArrayList<>();
    private @Nullable CounterfactualSpec counterfactual;

    SyntheticWords(StagePolicy policy) {
        super(policy);
    }

    /**
     * Adds changed copies of training rows: {@code casing}, {@code typos}, {@code synonyms} or {@code template}. Each kind
     * makes its own copies. {@code copies:} is the number of copies of a row; 1 by default. {@code share:} is the part of
     * the training rows that get copies; all by default. {@code on:} is the text that changes; {@code prompt} by default,
     * which is what the user writes. {@code words:} is a file with synonyms, one group in each line. {@code forms:}
     * are texts with {@code {prompt}} in the place of the user's text. Validation and test rows have no copies.
     */
    @Repeatable
    @Example("augment casing, typos, copies: 1, share: 50.percent")
    public void augment(
            @Option @Example("1") @Nullable Integer copies,
            @Option @Example("50.percent") @Nullable Percent share,
            @Option CleaningSpec.@Nullable RowText on,
            @Option @Example("7") @Nullable Long seed,
            @Option @PathTo(PathTo.Place.WORDS) @Example("'data/synonyms.txt'") @Nullable String words,
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

    SyntheticSpec synthetic() {
        return new SyntheticSpec(augment, counterfactual);
    }
}
