package dev.septet.examples.basemodel;

import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.TextRow;
import dev.septet.examples.tokenizer.TokenizerJson;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.tokenizer.Tokenizer;
import dev.septet.llm.train.data.TokenDataset;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** The corpus's documents as tokens. All tokens carry loss, those of questions too. */
final class CorpusTokens implements AutoCloseable {
    private final ModelCorpus corpus;
    private final Tokenizer tokenizer;
    private final ChatTemplate template;

    CorpusTokens(ModelCorpus corpus, Path tokenizerFolder) {
        this.corpus = corpus;
        tokenizer = Tokenizer.open(tokenizerFolder);
        template = ChatTemplate.of(tokenizerFolder);
    }

    /** The documents of these numbers, about forty tokens each. */
    List<TokenDataset.Row> rows(long first, long count) {
        return LongStream.range(first, first + count)
                .mapToObj(n -> row(corpus.row(n)))
                .toList();
    }

    private TokenDataset.Row row(Row row) {
        String text = row instanceof ChatRow chat
                ? template.render(chat.chat(), false)
                : ((TextRow) row).text() + TokenizerJson.END_OF_TEXT;
        int[] tokens = tokenizer.encodeTemplate(text);
        byte[] mask = new byte[tokens.length];
        Arrays.fill(mask, (byte) 1);
        return new TokenDataset.Row(tokens, mask);
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
