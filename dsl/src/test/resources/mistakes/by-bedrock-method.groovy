pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    train {
        method lora { rank 8 }
        by bedrock(model: 'amazon.nova-micro-v1:0:128k')
    }
    evaluate { metric loss }
}
