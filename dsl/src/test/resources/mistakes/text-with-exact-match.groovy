pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl', format: text
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
    evaluate {
        metric loss
        metric exactMatch, above: 0.5
    }
}
