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
    evaluate { metric json(schema: 'data/answer.yaml'), above: 0.9 }
}
