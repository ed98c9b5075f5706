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
    evaluate { benchmark 'b/t.yaml', above: 0.5, below: 0.4 }
}
