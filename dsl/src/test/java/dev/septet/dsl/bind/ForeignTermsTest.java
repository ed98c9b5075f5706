package dev.septet.dsl.bind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.vocabulary.FileDsl;
import dev.septet.dsl.vocabulary.Words;
import dev.septet.dsl.vocabulary.word.Word;
import org.junit.jupiter.api.Test;

class ForeignTermsTest {
    /** What Septet is said to say, it says. */
    @Test
    void leadsToWordsThatAreThere() {
        Words file = Words.of(FileDsl.class);
        for (String way : ForeignTerms.wordPaths()) {
            String[] parts = way.split("\\.", -1);
            assertThat(file.blocks()).as(way).containsKey(parts[0]);
            Word word = java.util.Objects.requireNonNull(file.blocks().get(parts[0]))
                    .statement(parts[1])
                    .orElse(null);
            assertThat(word).as(way).isNotNull();
            if (parts.length == 3 && word != null) {
                assertThat(word.options()).as(way).anyMatch(o -> (o.name() + ":").equals(parts[2]));
            }
        }
    }

    @Test
    void knowsBothWaysOfWriting() {
        assertThat(ForeignTerms.hint("num_train_epochs", "train")).contains("Septet's word is `epochs`.");
        assertThat(ForeignTerms.hint("numTrainEpochs", "setup")).contains("Septet's word is `epochs`, in `train`.");
        assertThat(ForeignTerms.hint("per_device_train_batch_size", "train"))
                .contains("Septet's word is `batch size:`.");
        assertThat(ForeignTerms.hint("gradient_checkpointing", "train"))
                .contains("Septet has no word for it. It saves memory by itself where memory is" + " short.");
        assertThat(ForeignTerms.hint("epochs", "train")).isEmpty();
    }
}
