package dev.septet.workers.serve.reply;

import dev.septet.llm.generate.FinishReason;
import dev.septet.workers.serve.openai.ApiProblem;
import dev.septet.workers.serve.openai.Head;
import dev.septet.workers.serve.openai.Shape;
import dev.septet.workers.serve.openai.Usage;
import dev.septet.workers.serve.openai.Written;

import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

import java.util.ArrayList;
import java.util.List;

/**
 * All answers in one response.
 *
 * @param echo what comes before each answer, often empty
 */
public record WholeReply(
        Shape shape, Head head, List<String> echo, Response response, Callback callback)
        implements Exchange.Reply {
    @Override
    public void wrote(int answer, String piece) {}

    @Override
    public void ended(int answer, FinishReason reason) {}

    @Override
    public void complete(List<Written> answers, Usage usage) {
        List<Written> echoed = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            Written answer = answers.get(i);
            echoed.add(new Written(echo.get(i) + answer.text(), answer.reason(), answer.tokens()));
        }
        Replies.json(response, callback, 200, shape.whole(head, echoed, usage));
    }

    @Override
    public void gone() {
        callback.failed(new EofException("the client closed the connection"));
    }

    @Override
    public void failed(ApiProblem problem) {
        Replies.problem(response, callback, problem);
    }
}
