// Fine-tunes the quickstart's model with TRL, in some minutes on two cores.
pipeline('quickstart-trl') {
    description 'A support ticket in, a routing record out; trained by TRL'

    prepare {
        dataset '../../quickstart/data/tickets.jsonl', format: chat
        maxBadRows 5                           // three rows of the file are bad on purpose
        deduplicate exact
        split train: 92.percent, validation: 3.percent, test: 5.percent
        maxTokens 256
    }
    initialize {
        model '../../quickstart/base-model'
    }
    setup {
        seed 42
    }
    train {
        by command('trl')                      // the operator's trainer of this name
        method lora { rank 16; alpha 32 }
        steps 240
        batch size: 16
        learningRate cosine(peak: 2.5e-3, warmup: 20.steps)
        checkpoint every: 50.steps, keep: 2
        validate every: 100.steps
    }
    evaluate {
        metric exactMatch, above: 0.9
        metric loss
        compare baseline
        maxNewTokens 48
    }
}
