package dev.septet.workers.serve.reply;

import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.workers.serve.openai.ApiProblem;
import dev.septet.workers.serve.openai.CompletedAnswer;
import dev.septet.workers.serve.openai.ResponseHeader;
import dev.septet.workers.serve.openai.ResponseShape;
import dev.septet.workers.serve.openai.TokenChance;
import dev.septet.workers.serve.openai.TokenUsage;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Sends all answers in one response.
 *
 * @param echo text before each answer, often empty
 */
public record WholeReply(
        ResponseShape shape, ResponseHeader head, List<String> echo, Response response, Callback callback)
        implements ReplyExchange.Reply {
    @Override
    public void addText(int answer, String piece) {}

    @Override
    public void addToken(int answer, TokenChance token) {}

    @Override
    public void addCall(int answer, int call, String id, String name) {}

    @Override
    public void addArguments(int answer, int call, String piece) {}

    @Override
    public void ended(int answer, FinishReason reason, boolean calls) {}

    @Override
    public void addWhole(int answer, CompletedAnswer whole) {}

    @Override
    public void complete(List<CompletedAnswer> answers, TokenUsage usage) {
        List<CompletedAnswer> echoed = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            CompletedAnswer answer = answers.get(i);
            if (answer.filtered()) {
                echoed.add(answer);
                continue;
            }
            echoed.add(new CompletedAnswer(
                    echo.get(i) + answer.text(),
                    answer.reason(),
                    answer.tokens(),
                    answer.promptTokens(),
                    answer.chances(),
                    answer.calls()));
        }
        Replies.json(response, callback, 200, shape.whole(head, echoed, usage));
    }

    @Override
    public void disconnected() {
        callback.failed(new EofException("the client closed the connection"));
    }

    @Override
    public void failed(ApiProblem problem) {
        Replies.problem(response, callback, problem);
    }
}
