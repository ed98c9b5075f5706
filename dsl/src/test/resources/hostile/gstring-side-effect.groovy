pipeline('p') {
    prepare { dataset 'a.jsonl' }
    initialize { model 'm' }
    train { method lora() }
    description "${new File('CANARY').text = 'x'}"
}
