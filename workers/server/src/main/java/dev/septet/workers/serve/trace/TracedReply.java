package dev.septet.workers.serve.trace;

import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.workers.serve.openai.ApiProblem;
import dev.septet.workers.serve.openai.CompletedAnswer;
import dev.septet.workers.serve.openai.TokenChance;
import dev.septet.workers.serve.openai.TokenUsage;
import dev.septet.workers.serve.reply.ReplyExchange;
import java.util.List;

/** Notes the events of a reply in the request's span: the first token, the end, and the numbers of tokens. */
public record TracedReply(GenerationSpan span, ReplyExchange.Reply next) implements ReplyExchange.Reply {
    @Override
    public void addText(int answer, String piece) {
        span.token();
        next.addText(answer, piece);
    }

    @Override
    public void addToken(int answer, TokenChance token) {
        span.token();
        next.addToken(answer, token);
    }

    @Override
    public void addCall(int answer, int call, String id, String name) {
        span.token();
        next.addCall(answer, call, id, name);
    }

    @Override
    public void addArguments(int answer, int call, String piece) {
        next.addArguments(answer, call, piece);
    }

    @Override
    public void addWhole(int answer, CompletedAnswer whole) {
        next.addWhole(answer, whole);
    }

    @Override
    public void ended(int answer, FinishReason reason, boolean calls) {
        next.ended(answer, reason, calls);
    }

    @Override
    public void complete(List<CompletedAnswer> answers, TokenUsage usage) {
        span.complete(answers, usage);
        next.complete(answers, usage);
    }

    @Override
    public void failed(ApiProblem problem) {
        span.failed(problem);
        next.failed(problem);
    }

    @Override
    public void disconnected() {
        span.disconnected();
        next.disconnected();
    }
}
