package dev.septet.examples.basemodel;

import dev.septet.llm.train.data.TokenDataset;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The model card (README.md) of the base model: what it is, how it was trained, and its limits. */
final class BaseModelCard {
    private BaseModelCard() {}

    /**
     * Writes the card.
     *
     * @param loss mean negative log-likelihood per token on held-out documents, in nats
     */
    static void write(Path folder, long parameters, TokenDataset corpus, double loss) throws IOException {
        String card = String.format(
                Locale.ROOT, """
            ---
            license: apache-2.0
            language:
            - en
            library_name: transformers
            pipeline_tag: text-generation
            tags:
            - septet
            - llama
            ---

            # Septet's quickstart base model

            A Llama of %,d parameters that is fluent in a small made-up world: a few towns, people,
            devices of a shop, sums up to 40. It exists so that the quickstart can fine-tune something
            real in a minute on two CPU cores. It knows nothing of the world outside and is of no other use.

            ## How it was made

            By `dev.septet.examples.basemodel.BaseModelRecipe`, from nothing but that program:
            a seeded generator wrote %,d documents (%,d tokens): stories, letters to the shop, chats;
            a byte-pair tokenizer was learned from them; and Septet's own engine trained the weights,
            which began random, for one pass with AdamW. No text or weight of anyone else went in.
            It read letters to the shop and learned to tell, in words of its own, what a letter is
            about and whether it is urgent. The quickstart's task it never saw: no routing record and no
            letter with the team that works on it occurs in the corpus.

            ## How good it is

            Loss on 500 documents that it never saw: %.3f nats per token. It answers what its
            corpus asks (what a letter is about, opposites, days, things of the shop, small records as
            JSON), most of the time; sums and who owns what, less often.

            ## Limits

            English of the generator's grammar only; at most %d tokens of context.
            """, parameters, corpus.rows(), corpus.tokens(), loss, Sizes.QUICKSTART.maxPositions());
        Files.writeString(folder.resolve("README.md"), card, StandardCharsets.UTF_8);
    }
}
