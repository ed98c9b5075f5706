package dev.septet.llm.explain;

import dev.septet.llm.train.AdapterGradients;
import dev.septet.llm.train.data.TokenDataset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * How much training rows moved the answer to a question, by TracIn: the sum over stored adapters of learning rate times
 * g(question) . g(row), where g is the gradient of -log p(answer) with respect to the adapter's parameters. To first order, this
 * is how much the question's loss falls when gradient descent takes a step on the row.
 *
 * <p>Rows with large gradients have large products with every question. So {@code similarity} divides each product by the norms
 * of both gradients: the cosine, averaged over the adapters with the learning rates as weights.
 *
 * @param row number of the row in the list, from 0
 * @param product the sum of products; positive when the row made the answer more probable
 * @param similarity from -1 to 1; 0 when a gradient is 0
 * @see <a href="https://arxiv.org/abs/2002.08484">Pruthi et al., 2020 (TracIn)</a>
 * @see <a href="https://arxiv.org/abs/2402.04333">Xia et al., 2024, on the normalised product for fine-tuning</a>
 */
public record RowInfluence(int row, double product, double similarity) {
    /**
     * An adapter of the training.
     *
     * @param folder in PEFT's format
     * @param weight learning rate of the training at that time; above 0
     */
    public record State(Path folder, double weight) {}

    /** Training examples by number. */
    public interface Examples {
        /** Number of examples. */
        int count();

        /** The rows of an example: one, or the chosen and the rejected one of a pair. */
        List<TokenDataset.Row> at(int example);
    }

    /**
     * The influence of each example, in their order.
     *
     * @param question a row whose loss mask marks the answer
     * @param longestRow tokens of the longest row
     * @param progress receives the number of backward passes done, of {@code states.size() * examples.count()}
     * @throws dev.septet.llm.format.FormatProblem when a file is missing or damaged, or does not match the others
     * @throws ArithmeticException when a gradient is not finite
     */
    public static List<RowInfluence> of(
            Path baseModel,
            List<State> states,
            TokenDataset.Row question,
            Examples examples,
            int longestRow,
            IntConsumer progress) {
        double[] products = new double[examples.count()];
        double[] similarities = new double[examples.count()];
        double weights = states.stream().mapToDouble(State::weight).sum();
        int done = 0;
        try (AdapterGradients gradients =
                AdapterGradients.open(baseModel, states.get(0).folder(), longestRow)) {
            for (State state : states) {
                if (done > 0) {
                    gradients.moveTo(state.folder());
                }
                double norm = finite(gradients.keep(List.of(question)));
                for (int at = 0; at < examples.count(); at++) {
                    AdapterGradients.Products row = gradients.products(examples.at(at));
                    double product = finite(row.dots()[0]);
                    double scale = norm * row.norm();
                    products[at] += state.weight() * product;
                    similarities[at] += scale == 0 ? 0 : state.weight() / weights * product / scale;
                    progress.accept(++done);
                }
            }
        }
        List<RowInfluence> influences = new ArrayList<>();
        for (int at = 0; at < products.length; at++) {
            influences.add(new RowInfluence(at, products[at], similarities[at]));
        }
        return influences;
    }

    private static double finite(double value) {
        if (!Double.isFinite(value)) {
            throw new ArithmeticException("a gradient is not finite");
        }
        return value;
    }
}
