package dev.septet.llm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.septet.llm.explain.RowInfluence;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.method.Dora;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.optimizer.Sgd;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A product of gradients is what one small step on a row does to another row's loss. */
class AdapterGradientsTest {
    private static final GoldenModel BASE = GoldenModel.open("untied");
    private static final double STEP = 2e-4;

    @TempDir
    Path temporary;

    /** The fused program and the autograd program, with layers that have no adapter. */
    static List<Method> methods() {
        return List.of(Plans.LORA, new Lora(4, 8, 0.5, List.of("q_proj", "down_proj")), new Dora(Plans.LORA));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void aProductIsTheChangeOfTheLossByASmallStep(Method method) throws IOException {
        TokenDataset all = Plans.data(temporary, BASE);
        Path adapter = trained(method, all);
        // as in PEFT, no gradient flows through the norm of DoRA's rows, but a step changes it
        double close = method instanceof Dora ? 0.05 : 0.002;
        try (AdapterGradients gradients = AdapterGradients.open(BASE.folder(), adapter, all.longest())) {
            double norm = gradients.keep(List.of(all.row(0)));
            AdapterGradients.Products own = gradients.products(List.of(all.row(0)));
            assertThat(own.norm()).isEqualTo(norm);
            assertThat(own.dots()[0]).isCloseTo(norm * norm, within(1e-9 * norm * norm));
            for (int row = 0; row < all.rows(); row++) {
                AdapterGradients.Products of = gradients.products(List.of(all.row(row)));
                double product = of.dots()[0];
                double change =
                        (lossAfter(method, adapter, all, row, STEP) - lossAfter(method, adapter, all, row, -STEP))
                                / (2 * STEP);
                assertThat(product)
                        .as("row %d", row)
                        .isCloseTo(-change, within(0.02 * Math.abs(change) + close * norm * of.norm()));
            }
        }
    }

    /** The loss of row 0 after one step of gradient descent on the sum of a row's losses. */
    private double lossAfter(Method method, Path adapter, TokenDataset all, int row, double rate) throws IOException {
        Path folder = Files.createTempDirectory(temporary, "step");
        TokenDataset one = Plans.dataset(folder.resolve("one.safetensors"), List.of(all.row(row)));
        TokenDataset first = Plans.dataset(folder.resolve("first.safetensors"), List.of(all.row(0)));
        Method still = method instanceof Lora lora ? new Lora(lora.rank(), lora.alpha(), 0, lora.targets()) : method;
        TrainingPlan plan = new TrainingPlan(
                still, ComputePrecision.FLOAT32, 7, 1, 1, 1, new Sgd(0, 0), Plans.constant(1), 0, Set.of(), 64);
        try (Trainer trainer = Trainer.open(plan, BASE.folder(), one, Optional.empty())) {
            trainer.startFrom(adapter);
            trainer.step(rate * all.lossTokens(row));
            return trainer.loss(first) * all.lossTokens(0);
        }
    }

    private Path trained(Method method, TokenDataset rows) throws IOException {
        Path adapter = Files.createTempDirectory(temporary, "adapter");
        try (Trainer trainer = Trainer.open(Plans.of(method).steps(4).plan(), BASE.folder(), rows, Optional.empty())) {
            while (!trainer.finished()) {
                trainer.step();
            }
            trainer.exportTo(adapter, "base");
        }
        return adapter;
    }

    @Test
    void aPairIsTheDifferenceOfItsAnswers() throws IOException {
        TokenDataset all = Plans.data(temporary, BASE);
        Path adapter = trained(Plans.LORA, all);
        try (AdapterGradients gradients = AdapterGradients.open(BASE.folder(), adapter, all.longest())) {
            gradients.keep(List.of(all.row(0)));
            double chosen = gradients.products(List.of(all.row(1))).dots()[0];
            double rejected = gradients.products(List.of(all.row(2))).dots()[0];
            double pair = gradients.products(List.of(all.row(1), all.row(2))).dots()[0];
            assertThat(pair).isCloseTo(chosen - rejected, within(1e-4 * (Math.abs(chosen) + Math.abs(rejected))));
        }
    }

    /** A row's numbers do not depend on the rows before it, nor on the adapters before its own. */
    @Test
    void influencesDependOnTheirOwnRowOnly() throws IOException {
        TokenDataset all = Plans.data(temporary, BASE);
        Path adapter = trained(Plans.LORA, all);
        Path other = trained(new Lora(4, 8, 0, Plans.LORA.targets(), false, 4), all);
        List<RowInfluence.State> one = List.of(new RowInfluence.State(adapter, 0.5));
        List<RowInfluence> whole = influences(one, all, 0, 1, 2);

        assertThat(influences(one, all, 2).get(0).product())
                .isEqualTo(whole.get(2).product());
        List<RowInfluence> two = influences(
                List.of(new RowInfluence.State(other, 1.5), new RowInfluence.State(adapter, 0.5)), all, 0, 1, 2);
        List<RowInfluence> second = influences(List.of(new RowInfluence.State(other, 1.5)), all, 0, 1, 2);
        for (int row = 0; row < 3; row++) {
            assertThat(two.get(row).product())
                    .isEqualTo(second.get(row).product() + whole.get(row).product());
            assertThat(two.get(row).similarity())
                    .isCloseTo(
                            0.75 * second.get(row).similarity()
                                    + 0.25 * whole.get(row).similarity(),
                            within(1e-12));
        }
        assertThat(whole.get(0).similarity()).as("of the question itself").isCloseTo(1, within(1e-9));
    }

    private static List<RowInfluence> influences(List<RowInfluence.State> states, TokenDataset rows, int... chosen) {
        return RowInfluence.of(
                BASE.folder(),
                states,
                rows.row(0),
                new RowInfluence.Examples() {
                    @Override
                    public int count() {
                        return chosen.length;
                    }

                    @Override
                    public List<TokenDataset.Row> at(int example) {
                        return List.of(rows.row(chosen[example]));
                    }
                },
                rows.longest(),
                done -> {});
    }

    @Test
    void refusesAFolderWithoutAnAdapter() {
        assertThatThrownBy(() -> AdapterGradients.open(BASE.folder(), BASE.folder(), 8))
                .isInstanceOf(FormatProblem.class)
                .hasMessageContaining("is not a PEFT adapter");
    }
}
