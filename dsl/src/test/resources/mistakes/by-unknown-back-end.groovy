pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { 
        model 'base'
    }
    train {
        method lora()
        by trl(packing: true)
    }
    evaluate { metric loss }
}
