pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { 
        model 'base'
    }
    train {
        method lora()
        by command('trl', packing: 5.percent, epochs: [1, 2])
    }
    evaluate { metric loss }
}
