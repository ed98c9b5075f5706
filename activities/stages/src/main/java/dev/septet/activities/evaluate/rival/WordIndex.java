package dev.septet.activities.evaluate.rival;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.NIOFSDirectory;

/**
 * Rows by common words, with BM25 (k1 = 1.2, b = 0.75) of Lucene. Words are those of Unicode's text segmentation, in
 * lower case. The index lies in a folder, and its writer uses at most {@value #BUFFER_MB} MiB. One thread writes it and
 * merges keep the order of the rows, so that a document's number is its row's.
 *
 * @see <a href="https://doi.org/10.1561/1500000019">Robertson and Zaragoza, 2009: The probabilistic relevance framework</a>
 */
final class WordIndex implements NearestRows {
    private static final String TEXT = "text";

    /** Lucene advises a module of newer Javas here, for searches that this index does not do. Kept, because it is weak. */
    private static final Logger ADVICE = Logger.getLogger("org.apache.lucene.internal.vectorization");

    static {
        ADVICE.setLevel(Level.SEVERE);
    }

    private static final int BUFFER_MB = 16;

    /** Words of a question that count, from its first one on. Lucene takes at most 1024. */
    private static final int MOST_WORDS = 512;

    private final Path folder;
    private final NIOFSDirectory directory;
    private final StandardAnalyzer analyzer = new StandardAnalyzer();
    private final BM25Similarity similarity = new BM25Similarity(1.2f, 0.75f);
    private final IndexWriter writer;

    /**
     * @param folder an empty folder
     */
    WordIndex(Path folder) throws IOException {
        this.folder = folder;
        directory = new NIOFSDirectory(folder);
        IndexWriterConfig config = new IndexWriterConfig(analyzer);
        config.setSimilarity(similarity);
        config.setRAMBufferSizeMB(BUFFER_MB);
        config.setMergePolicy(new LogDocMergePolicy());
        config.setMergeScheduler(new SerialMergeScheduler());
        config.setUseCompoundFile(false);
        writer = new IndexWriter(directory, config);
    }

    @Override
    public void add(String text) throws IOException {
        Document document = new Document();
        document.add(new TextField(TEXT, text, Field.Store.NO));
        writer.addDocument(document);
    }

    @Override
    public void complete() throws IOException {
        writer.forceMerge(1);
        writer.close();
    }

    @Override
    public List<int[]> nearest(List<String> texts, int count) throws IOException {
        List<int[]> all = new ArrayList<>();
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
            IndexSearcher searcher = new IndexSearcher(reader);
            searcher.setSimilarity(similarity);
            for (String text : texts) {
                BooleanQuery.Builder query = new BooleanQuery.Builder();
                for (String word : words(text)) {
                    query.add(new TermQuery(new Term(TEXT, word)), BooleanClause.Occur.SHOULD);
                }
                ScoreDoc[] found = searcher.search(query.build(), count).scoreDocs;
                int[] rows = new int[found.length];
                for (int at = 0; at < rows.length; at++) {
                    rows[at] = found[at].doc; // equal scores are in the order of the documents
                }
                all.add(rows);
            }
        }
        return all;
    }

    private Set<String> words(String text) throws IOException {
        Set<String> words = new LinkedHashSet<>();
        try (TokenStream tokens = analyzer.tokenStream(TEXT, text)) {
            CharTermAttribute word = tokens.addAttribute(CharTermAttribute.class);
            tokens.reset();
            while (words.size() < MOST_WORDS && tokens.incrementToken()) {
                words.add(word.toString());
            }
        }
        return words;
    }

    /** Without the two files that name the machine's Java, because their length differs between machines. */
    @Override
    public long bytes() throws IOException {
        long bytes = 0;
        for (String name : directory.listAll()) {
            if (!name.endsWith(".si") && !name.startsWith("segments") && !name.endsWith(".lock")) {
                bytes += Files.size(folder.resolve(name));
            }
        }
        return bytes;
    }

    @Override
    public void close() throws IOException {
        try {
            if (writer.isOpen()) {
                writer.rollback();
            }
        } finally {
            directory.close();
            analyzer.close();
        }
    }
}
