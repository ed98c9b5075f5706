pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl', format: preference
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
        objective dpo { betta 0.1 }
    }
}
