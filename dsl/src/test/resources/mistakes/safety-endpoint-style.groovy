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
    evaluate { safety { guard openai(endpoint: 'lab', model: 'llama-guard-3-8b') } }
}
