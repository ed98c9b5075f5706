package dev.septet.llm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.septet.llm.format.AdapterMerge;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.method.Dora;
import dev.septet.llm.method.Lora;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.DecodingInput;
import dev.septet.llm.model.program.KvCache;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.model.program.TopTokens;
import dev.septet.llm.model.weights.LoadedAdapter;
import dev.septet.llm.train.data.TokenDataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A DoRA adapter out of training: loaded at the start, loaded beside others, merged. */
class DoraTest {
    private static final double CLOSE = 1e-4;
    private static final GoldenModel BASE = GoldenModel.open("untied");
    private static final AdapterGolden PEFT = AdapterGolden.open("dora");
    private static final int[] TOKENS = BASE.rows().get(0);

    @TempDir
    Path temporary;

    @Test
    void logitsEqualPeft() {
        try (LanguageModel model = open(BASE.folder(), Optional.of(PEFT.adapter()))) {
            assertLogits(model.logits(TOKENS));
        }
    }

    @Test
    void mergedLogitsEqualPeft() throws IOException {
        Path merged = temporary.resolve("merged");
        AdapterMerge.write(ModelFolder.open(BASE.folder()), PeftAdapter.open(PEFT.adapter()), merged, null);
        try (LanguageModel model = open(merged, Optional.empty())) {
            assertLogits(model.logits(TOKENS));
        }
    }

    @Test
    void decodesBesideTheModelWithout() {
        try (LanguageModel model = open(BASE.folder(), Optional.empty());
                LoadedAdapter dora = model.loadAdapter(PEFT.adapter());
                KvCache plain = model.newSequence();
                KvCache adapted = model.newSequence()) {
            int all = TOKENS.length;
            List<TopTokens> next = model.decode(
                    List.of(
                            new DecodingInput(plain, TOKENS, all, true, null),
                            new DecodingInput(adapted, TOKENS, all, true, dora)),
                    model.config().vocabularySize());
            assertLogits(next.get(1).scores());
            assertThat(next.get(0).scores()[0][0]).isCloseTo(BASE.tensor("logits.0")[0], within(1e-3f));
        }
    }

    @Test
    void decodesAsOpened() {
        try (LanguageModel model = open(BASE.folder(), Optional.of(PEFT.adapter()));
                KvCache sequence = model.newSequence()) {
            DecodingInput feed = new DecodingInput(sequence, TOKENS, TOKENS.length, true, null);
            List<TopTokens> next = model.decode(List.of(feed), model.config().vocabularySize());
            assertLogits(next.get(0).scores());
        }
    }

    @Test
    void itsFirstLossIsTheBaseModels() throws IOException {
        TokenDataset data = Plans.data(temporary, BASE);
        Dora dora = new Dora(new Lora(4, 8, 0.5, Plans.LORA.targets()));
        try (Trainer trainer = Trainer.open(Plans.of(dora).plan(), BASE.folder(), data, Optional.empty())) {
            assertThat(trainer.loss(data)).isCloseTo(BASE.number("loss"), within(CLOSE * BASE.number("loss")));
            assertThat(trainer.step().loss()).isCloseTo(BASE.number("loss"), within(CLOSE * 5));
        }
    }

    private static LanguageModel open(Path folder, Optional<Path> adapter) {
        return LanguageModel.open(folder, ComputePrecision.FLOAT32, adapter);
    }

    private static void assertLogits(float[][] logits) {
        float[] expected = PEFT.logits();
        float scale = 0;
        for (float value : expected) {
            scale = Math.max(scale, Math.abs(value));
        }
        for (int t = 0; t < logits.length; t++) {
            for (int v = 0; v < logits[t].length; v++) {
                assertThat((double) logits[t][v])
                        .as("token %d, %d", t, v)
                        .isCloseTo(expected[t * logits[t].length + v], within(CLOSE * scale));
            }
        }
    }
}
