package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code plan} says of rows that prepare would make, and of the trainings of a cross-validation. */
class PlanSyntheticTest {
    private static final Path QUICKSTART =
            Path.of("../../examples/quickstart").toAbsolutePath().normalize();

    @TempDir
    private Path home = Path.of("");

    private Captured declared() throws IOException {
        Path file = Files.writeString(home.resolve("operator.yaml"), """
            endpoints:
              lab:
                url: http://127.0.0.1:9/v1
                models: [small, large]
                answerPrices: {small: {input: 0.5, output: 2.0}, large: {input: 1.0, output: 10.0}}
                currency: EUR
            """);
        return new Captured(home).with("SEPTET_TRAINERS", file.toString());
    }

    private Path pipeline(String prepare, String train) throws IOException {
        StringBuilder rows = new StringBuilder("prompt,completion,topic\n");
        for (int row = 0; row < 100; row++) {
            rows.append(String.format(Locale.ROOT, "say %d,%d,%s\n", row, row, row % 10 == 0 ? "rare" : "often"));
        }
        Files.writeString(home.resolve("rows.csv"), rows);
        Files.createSymbolicLink(home.resolve("base-model"), QUICKSTART.resolve("base-model"));
        return Files.writeString(home.resolve("desk.groovy"), """
            pipeline('desk') {
                prepare    { dataset 'rows.csv'; %s }
                initialize { model 'base-model' }
                train      { method lora(); batch size: 10; %s }
            }
            """.formatted(prepare, train));
    }

    @Test
    void syntheticRowsAndWhatTheyMayCostAreSaid() throws IOException {
        Captured septet = declared();
        Path file = pipeline("""
            split train: 80.percent, validation: 10.percent, test: 10.percent; keep 'topic'
            augment typos, copies: 2, share: 25.percent
            augment template, copies: 9, forms: ['Hello, {prompt}', '{prompt} Thanks']
            counterfactual he: 'she'
            generate backTranslations(language: 'German') {
                by openai(endpoint: 'lab', model: 'small')
                budget tokens: 1.million
                selfAgreement meaning
                score min: 4, by: openai(endpoint: 'lab', model: 'large')
            }
            generate paraphrases(copies: 2) {
                by openai(endpoint: 'lab', model: 'small')
                budget tokens: 1.million, cost: 1.25
            }
            generate rare(on: 'topic', upTo: 50) { by model('base-model'); budget tokens: 5.thousand }
            """, "epochs 2");
        assertThat(septet.run("plan", "--data", QUICKSTART, file))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .contains(
                        "Split    80 train, 10 validation, 10 test rows",
                        "Added    at most about 520 synthetic rows, and those of rare classes",
                        "         typos: about 40 rows\n",
                        "         template: 160 rows\n",
                        "         counterfactual: 80 rows\n",
                        "         backTranslation: 80 rows by openai(endpoint: 'lab', model: 'small'), at most 320"
                                + " requests, 1,000,000 tokens, 10.00 EUR\n",
                        "         paraphrase: 160 rows by openai(endpoint: 'lab', model: 'small'), at most 160"
                                + " requests, 1,000,000 tokens, 1.25 EUR\n",
                        "         rareClass: until each class has its rows by model('base-model'), at most 5,000"
                                + " tokens\n",
                        "         with all of them, training takes about 120 steps\n",
                        "Steps    16; an epoch has 8")
                .doesNotContain("each of the");

        assertThat(septet.run("plan", "--json", "--data", QUICKSTART, file)).isEqualTo(ExitCode.OK);
        JsonNode plan = SpecJson.mapper().readTree(septet.out());
        assertThat(plan.at("/synthetic/rows").asInt()).isEqualTo(520);
        assertThat(plan.at("/synthetic/steps/3/cost").asDouble()).isEqualTo(10.0);
        assertThat(plan.at("/synthetic/steps/5/rows").isMissingNode()).isTrue();
    }

    @Test
    void allTrainingsOfACrossValidationAreCounted() throws IOException {
        Captured septet = new Captured(home);
        Path file = pipeline(
                "split train: 80.percent, validation: 10.percent, test: 10.percent, folds: 5;"
                        + " generate paraphrases { by model('base-model'); budget tokens: 5.thousand }",
                "epochs 2");
        assertThat(septet.run("plan", "--data", QUICKSTART, file))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .contains(
                        "Added    at most 80 synthetic rows\n",
                        "         each of the 6 preparations has these budgets for itself: one for each fold, and the"
                                + " last",
                        // A fold trains with 100 rows without 20 that test and 10 that validate.
                        "Steps    16; an epoch has 8\n         about 86 with the 5 folds, which take about 14 each");
    }
}
