package dev.septet.examples.basemodel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.Row;
import dev.septet.examples.QuickstartData;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.train.data.TokenDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The committed base model is the recipe's. */
@Tag("long")
class BaseModelTest {
    private static final Path MODEL = Path.of("../quickstart/base-model");

    @TempDir
    Path folder;

    @Test
    void itsTokenizerIsWhatTheRecipeLearns() throws IOException {
        TokenizerRecipe.write(
                folder, QuickstartData.SEED, Sizes.QUICKSTART.vocabulary(), Sizes.QUICKSTART.maxPositions());
        for (String name : List.of("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")) {
            assertThat(folder.resolve(name)).hasSameBinaryContentAs(MODEL.resolve(name));
        }
    }

    @Test
    void isFluentInItsWorld() throws IOException {
        double loss = 0;
        int tokens = 0;
        try (CorpusTokens corpus = new CorpusTokens(new ModelCorpus(QuickstartData.SEED), MODEL);
                LanguageModel model = LanguageModel.open(MODEL, ComputePrecision.FLOAT32, Optional.empty())) {
            for (TokenDataset.Row row : corpus.rows(BaseModelRecipe.DOCUMENTS, 60)) {
                for (float log : model.logProbabilities(List.of(row.tokens()), new int[] {1})
                        .get(0)) {
                    loss -= log;
                    tokens++;
                }
            }
        }
        assertThat(loss / tokens).isLessThan(0.62);
    }

    @Test
    void itsCorpusKnowsNothingOfTheTask() {
        ModelCorpus corpus = new ModelCorpus(QuickstartData.SEED);
        for (int number = 0; number < 5000; number++) {
            Row row = corpus.row(number);
            if (row instanceof ChatRow chat) {
                assertThat(chat.messages())
                        .noneMatch(message -> message.text().contains("Route the ticket"))
                        .noneMatch(message -> message.text().contains("\"team\":"));
            }
        }
    }

    @Test
    void isSmallEnoughForGit() throws IOException {
        assertThat(Files.size(MODEL.resolve("model.safetensors"))).isLessThan(8_000_000);
    }
}
