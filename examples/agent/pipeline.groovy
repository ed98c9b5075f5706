// Trains a tiny language model to call the tools of a shop, from conversations in two shapes.
pipeline('agent') {
    description 'Looks up orders and open shops'

    prepare {
        dataset 'data/orders.jsonl', format: sharegpt      // function_call and observation
        dataset 'data/shops.jsonl', format: chat           // tools, tool_calls and the role tool
        split train: 90.percent, validation: 4.percent, test: 6.percent
        maxTokens 160
    }
    initialize {
        model 'base-model'
    }
    setup {
        seed 42
    }
    train {
        method full()
        steps 300
        batch size: 8
        learningRate cosine(peak: 1.5e-3, warmup: 15.steps)
        checkpoint every: 100.steps, keep: 1
    }
    evaluate {
        metric exactMatch, above: 0.9          // a call counts if its name and all of its arguments are right
        compare baseline
        maxNewTokens 40
        limit 60
        samples 6
    }
    deploy {
        target directory('models/agent')
    }
}
