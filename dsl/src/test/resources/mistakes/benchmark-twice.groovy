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
    evaluate { benchmark 'b/t.yaml', metric: 'acc'; benchmark 'b/t.yaml', metric: 'acc', above: 0.5 }
}
