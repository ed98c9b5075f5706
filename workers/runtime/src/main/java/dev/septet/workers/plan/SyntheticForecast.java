package dev.septet.workers.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.endpoint.AnswerPrice;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.prepare.augment.Augmentation;
import dev.septet.activities.prepare.augment.TermSwap;
import dev.septet.activities.prepare.generate.Generation;
import dev.septet.dsl.pipeline.prepare.AugmentSpec;
import dev.septet.dsl.pipeline.prepare.GenerateCheckSpec;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import dev.septet.dsl.pipeline.prepare.SyntheticSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The most synthetic rows that {@code prepare} would make, and the most that models may cost. Checks remove rows, stored answers
 * are not paid again, and a row that has no term gets no copy, so a run may make fewer rows and pay less.
 *
 * @param rows rows of all steps whose number is known. Where {@code share:} is below 100 %, the number depends on the rows
 * @param steps each word that makes rows, in the order in which they make them
 * @param preparations how often the budgets apply: once for each fold of a cross-validation, and once for the final training
 * @param trainSteps optimizer steps of a training with all of these rows; null when the pipeline file declares the steps, or
 *     nothing is known about the data
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SyntheticForecast(
        long rows,
        List<Step> steps,
        int preparations,
        @Nullable Long trainSteps) {
    /**
     * One word that makes rows.
     *
     * @param kind the kind of rows, as in the dataset card
     * @param rows null when it depends on the classes of the rows
     * @param about whether the number depends on which rows a share chooses
     * @param by the model that writes rows; null for changed copies
     * @param requests null as {@code rows}, and for changed copies
     * @param tokens the budget of tokens of one preparation; null without one
     * @param cost the most money of one preparation; null when nothing limits it, or prices are not known
     * @param currency of the cost; null when the operator's file is not known
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Step(
            String kind,
            @Nullable Long rows,
            boolean about,
            @Nullable String by,
            @Nullable Long requests,
            @Nullable Long tokens,
            @Nullable Double cost,
            @Nullable String currency) {}

    public SyntheticForecast {
        steps = List.copyOf(steps);
    }

    SyntheticForecast withSteps(@Nullable Long training) {
        return new SyntheticForecast(rows, steps, preparations, training);
    }

    /**
     * The forecast of a spec.
     *
     * @param trainRows rows of the training split
     * @param folds the number of folds; null without a cross-validation
     */
    static SyntheticForecast of(SyntheticSpec spec, long trainRows, @Nullable Integer folds, ModelEndpoints endpoints) {
        List<Step> steps = new ArrayList<>();
        long rows = 0;
        for (AugmentSpec words : spec.augment()) {
            int copies = words.kind() == AugmentSpec.Kind.TEMPLATE
                    ? Math.min(words.copies(), words.forms().size())
                    : words.copies();
            long most = chosen(trainRows, words.share()) * copies;
            steps.add(new Step(Augmentation.kind(words), most, words.share() < 100, null, null, null, null, null));
            rows += most;
        }
        if (spec.counterfactual() != null) {
            steps.add(new Step(TermSwap.KIND, trainRows, false, null, null, null, null, null));
            rows += trainRows;
        }
        for (GenerateSpec words : spec.generate()) {
            Step step = step(words, trainRows, endpoints);
            steps.add(step);
            Long more = step.rows();
            rows += more == null || words.replace() != null ? 0 : more; // a replaced row leaves its place
        }
        return new SyntheticForecast(rows, steps, folds == null ? 1 : folds + 1, null);
    }

    private static long chosen(long rows, double share) {
        return (long) Math.ceil(rows * share / 100);
    }

    private static Step step(GenerateSpec words, long trainRows, ModelEndpoints endpoints) {
        boolean rare = words.kind() == GenerateSpec.Kind.RARE;
        long most = chosen(trainRows, words.share()) * words.copies();
        GenerateSpec.Budget budget = words.budget();
        Money money = Money.of(words, endpoints);
        return new Step(
                Generation.kind(words),
                rare ? null : (Long) most,
                words.share() < 100,
                words.by().written(),
                rare ? null : (Long) (most * requests(words)),
                budget.tokens(),
                money.cost(),
                money.currency());
    }

    /** Requests for each row. */
    private static int requests(GenerateSpec words) {
        GenerateSpec.Agreement agree = words.agree();
        GenerateCheckSpec check = words.check();
        int writing = words.kind() == GenerateSpec.Kind.BACK_TRANSLATIONS ? 2 : agree == null ? 1 : agree.of();
        return writing
                + (check == null || check.selfAgreement() == null ? 0 : 1)
                + (check == null || check.score() == null ? 0 : 1);
    }

    /**
     * The most money of one preparation.
     *
     * @param cost null without a limit that is known
     */
    private record Money(@Nullable Double cost, @Nullable String currency) {
        static Money of(GenerateSpec words, ModelEndpoints endpoints) {
            GenerateSpec.Budget budget = words.budget();
            Double most = budget.cost();
            String currency = null;
            Double dearest = 0.0;
            for (GenerateSpec.Teacher by : words.models()) {
                String name = by.endpoint();
                if (name == null) {
                    continue; // the engine costs nothing
                }
                AnswerPrice price = endpoints.declared() ? endpoints.answerPrice(name, by.model()) : null;
                if (endpoints.declared()) {
                    String own = endpoints.all().get(name) == null
                            ? null
                            : Objects.requireNonNull(endpoints.all().get(name)).currency();
                    dearest = currency != null && !currency.equals(own) ? null : dearest;
                    currency = own;
                }
                dearest = price == null || dearest == null
                        ? null
                        : (Double) Math.max(dearest, Math.max(price.input(), price.output()));
            }
            Long tokens = budget.tokens();
            if (tokens != null && dearest != null && dearest > 0) {
                double byTokens = tokens * dearest / 1e6;
                most = most == null ? byTokens : Math.min(most, byTokens);
            }
            return new Money(most, most == null ? null : currency);
        }
    }
}
