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
    evaluate { safety { prompts 'data/harm.jsonl'; maxUnsafe 1.percent } }
}
