package dev.septet.dsl.bind;

import dev.septet.dsl.pipeline.prepare.AugmentSpec;
import dev.septet.dsl.pipeline.prepare.BalanceSpec;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import dev.septet.dsl.pipeline.prepare.LabelSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.SourceSpec;
import dev.septet.dsl.pipeline.prepare.SyntheticSpec;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import java.util.List;

/** Checks rules between words of prepare that make rows or label them, and what they make rows from. */
final class SyntheticRules {
    private final Problems problems;
    private final Places places;

    SyntheticRules(Problems problems, Places places) {
        this.problems = problems;
        this.places = places;
    }

    void check(PrepareSpec prepare) {
        SyntheticSpec synthetic = prepare.syntheticOrNone();
        replacing(synthetic);
        List<DatasetFormat> formats =
                prepare.inputs().stream().map(SourceSpec::format).toList();
        if (formats.stream().allMatch(DatasetFormat.TEXT::equals)
                && synthetic.augment().stream().anyMatch(SyntheticRules::changesPromptsOnly)) {
            add(
                    "augment",
                    "`augment` changes the prompt unless `on:` names another text, but rows of format text have none",
                    "Write `on: answer`, which changes the text.");
        }
        synthetic.generate().forEach(words -> possible(words, formats));
        if (prepare.label() != null) {
            unlabelled(prepare.label(), prepare);
        }
    }

    private static boolean changesPromptsOnly(AugmentSpec words) {
        return words.on() == CleaningSpec.RowText.PROMPT;
    }

    /** Other words would make rows with the answers that are replaced. */
    private void replacing(SyntheticSpec synthetic) {
        boolean replaces = synthetic.generate().stream().anyMatch(words -> words.replace() != null);
        int others = synthetic.augment().size()
                + (synthetic.counterfactual() == null ? 0 : 1)
                + synthetic.generate().size()
                - 1;
        if (replaces && others > 0) {
            add(
                    "generate",
                    "`distill(replace: true)` replaces answers, but another word makes rows with the earlier answers",
                    "Replace the answers in a pipeline of its own, and read its rows here with"
                            + " `dataset pipeline('...')`.");
        }
    }

    private void possible(GenerateSpec words, List<DatasetFormat> formats) {
        boolean texts = formats.stream().allMatch(DatasetFormat.TEXT::equals);
        boolean noText =
                formats.stream().noneMatch(format -> format == DatasetFormat.TEXT || format == DatasetFormat.AUTO);
        boolean noAnswer = formats.stream().allMatch(format -> format == DatasetFormat.TEXT || format.pairs());
        switch (words.kind()) {
            case QUESTIONS -> {
                if (noText) {
                    add(
                            "generate",
                            "`generate questions` makes rows from plain texts, but no dataset has the format text",
                            "Remove it, or add a dataset with `format: text`.");
                }
            }
            case PARAPHRASES, BACK_TRANSLATIONS -> {
                if (texts) {
                    add(
                            "generate",
                            "`generate %s` makes rows from questions, but rows of format text have none"
                                    .formatted(word(words.kind())),
                            "Write `generate questions`, which makes them from plain texts.");
                }
            }
            case RARE, EDGE_CASES, DISTILL -> {
                if (noAnswer) {
                    add(
                            "generate",
                            "`generate %s` makes rows from questions with one answer, but no dataset has such rows"
                                    .formatted(word(words.kind())),
                            "Remove it, or add a dataset of another format, such as chat or completion.");
                }
            }
        }
    }

    private static String word(GenerateSpec.Kind kind) {
        return switch (kind) {
            case PARAPHRASES -> "paraphrases";
            case BACK_TRANSLATIONS -> "backTranslations";
            case QUESTIONS -> "questions";
            case RARE -> "rare";
            case EDGE_CASES -> "edgeCases";
            case DISTILL -> "distill";
        };
    }

    private void unlabelled(LabelSpec label, PrepareSpec prepare) {
        if (label.unlabelled() != LabelSpec.Unlabelled.KEEP) {
            return;
        }
        BalanceSpec balance = prepare.balance();
        boolean rare = prepare.syntheticOrNone().generate().stream()
                .anyMatch(words -> label.field().equals(words.on()));
        String reader = balance != null && label.field().equals(balance.on())
                ? "balance on:"
                : label.field().equals(prepare.split().stratify())
                        ? "split stratify:"
                        : label.field().equals(prepare.split().by()) ? "split by:" : rare ? "rare on:" : null;
        if (reader != null) {
            add(
                    "label",
                    "`unlabelled: keep` keeps rows without '%s', but `%s` needs it in every row"
                            .formatted(label.field(), reader),
                    "Remove `unlabelled: keep`, or `%s`.".formatted(reader));
        }
    }

    private void add(String word, String message, String fix) {
        problems.add(ProblemId.CONFLICT, places.first("prepare." + word, "prepare"), message, fix);
    }
}
