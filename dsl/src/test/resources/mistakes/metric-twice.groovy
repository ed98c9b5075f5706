pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
    evaluate {
        metric bleu, above: 20
        metric bleu, above: 30
    }
}
